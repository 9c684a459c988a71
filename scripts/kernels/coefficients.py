"""Computes the polynomial coefficients and tables of src/ops/kernels (needs mpmath; run it, then format the files it writes).

Every polynomial interpolates its function at Chebyshev points, in 80 digits, which is within a small factor of the best possible
one. The count of coefficients is chosen so that the approximation error stays below 2^-58 of the result. The output is committed.
"""

import textwrap
from pathlib import Path
from mpmath import mp, mpf

mp.dps = 80
TINY = mpf(10) ** -14  # below it two terms of the series are exact enough and the quotient is not
ROOT = Path(__file__).resolve().parents[2] / "src" / "ops" / "kernels"


def fit(function, low, high, count, centre=0):
    """Coefficients, constant first, of the polynomial in (x - centre) through `count` Chebyshev points of [low, high]."""
    low, high, centre = mpf(low), mpf(high), mpf(centre)
    points = [(low + high) / 2 + (high - low) / 2 * mp.cos(mp.pi * (2 * i + 1) / (2 * count)) for i in range(count)]
    matrix = mp.matrix(count, count)
    values = mp.matrix(count, 1)
    for i, point in enumerate(points):
        values[i] = function(point)
        for j in range(count):
            matrix[i, j] = (point - centre) ** j
    coefficients = list(mp.lu_solve(matrix, values))
    error = max(
        abs(function(x) - mp.polyval(coefficients[::-1], x - centre)) for x in (low + (high - low) * mpf(k) / 37 for k in range(1, 37))
    )
    return coefficients, error


def split(value, bits=53):
    """value = high + low with `bits` significant bits in high."""
    exponent = mp.frexp(value)[1] if value else 0
    unit = mpf(2) ** (exponent - bits)
    high = mp.nint(value / unit) * unit
    return float(high), float(value - high)


def lines(numbers):
    """Numbers as rows of source text within 140 columns."""
    rows, row = [], " "
    for number in numbers:
        text = repr(float(number)).replace("e-0", "e-")
        if text.endswith(".0"):
            text = text[:-2]
        if len(row) + len(text) + 2 > 140:
            rows.append(row)
            row = " "
        row += f" {text},"
    rows.append(row)
    return "\n".join(rows)


def comment(note):
    """A documentation comment within 140 columns."""
    if len(note) <= 133:
        return f"/** {note} */"
    return "\n".join(["/**", *(f" * {line}" for line in textwrap.wrap(note, 136)), " */"])


def constant(name, note, numbers):
    return f"{comment(note)}\nexport const {name} = [\n{lines(numbers)}\n] as const;\n"


def table(name, note, numbers):
    return f"{comment(note)}\nexport const {name} = new Float64Array([\n{lines(numbers)}\n]);\n"


def report(name, error, scale=1):
    print(f"{name:24s} 2^{mp.nstr(mp.log(error * scale, 2), 4)}")


def simple_polynomials():
    out = []

    def add(name, note, function, low, high, count, scale):
        coefficients, error = fit(function, low, high, count)
        report(name, error, scale)
        out.append(constant(name, note, coefficients))

    half_ln2 = mp.log(2) / 2 * mpf("1.0001")
    add(
        "exponentialTail",
        "(exp(r) - 1 - r) / r^2 for |r| <= ln(2)/2.",
        lambda r: (mp.expm1(r) - r) / r**2 if abs(r) > TINY else mpf(1) / 2 + r / 6,
        -half_ln2,
        half_ln2,
        11,
        half_ln2**2 * 2,
    )
    add(
        "exponentialCubicTail",
        "(exp(r) - 1 - r - r^2/2) / r^3 for |r| <= ln(2)/2.",
        lambda r: (mp.expm1(r) - r - r**2 / 2) / r**3 if abs(r) > TINY else mpf(1) / 6 + r / 24,
        -half_ln2,
        half_ln2,
        11,
        half_ln2**3 * 2,
    )
    s_max = (mp.sqrt(2) - 1) / (mp.sqrt(2) + 1) * mpf("1.0001")
    add(
        "logarithmTail",
        "(2 atanh(s) - 2s) / s^3 in z = s^2, for |s| <= (sqrt(2) - 1) / (sqrt(2) + 1).",
        lambda z: (2 * mp.atanh(mp.sqrt(z)) - 2 * mp.sqrt(z)) / mp.sqrt(z) ** 3,
        0,
        s_max**2,
        8,
        s_max**2,
    )
    add(
        "logarithmPairTail",
        "(log(1 + r) - r + r^2/2) / r^3 for |r| <= 2^-7.",
        lambda r: (mp.log1p(r) - r + r**2 / 2) / r**3 if abs(r) > TINY else mpf(1) / 3 - r / 4,
        -mpf(2) ** -7,
        mpf(2) ** -7,
        7,
        mpf(2) ** -14,
    )
    quarter = (mp.pi / 4 * mpf("1.0001")) ** 2
    add(
        "sineTail",
        "(sin(r) - r) / r^3 in z = r^2, for |r| <= pi/4.",
        lambda z: (mp.sin(mp.sqrt(z)) - mp.sqrt(z)) / mp.sqrt(z) ** 3,
        0,
        quarter,
        7,
        quarter,
    )
    add(
        "cosineTail",
        "(cos(r) - 1 + r^2/2) / r^4 in z = r^2, for |r| <= pi/4.",
        lambda z: (mp.cos(mp.sqrt(z)) - 1 + z / 2) / z**2,
        0,
        quarter,
        6,
        quarter**2,
    )
    add(
        "arctangentTail",
        "(atan(r) - r) / r^3 in z = r^2, for |r| <= 7/16.",
        lambda z: (mp.atan(mp.sqrt(z)) - mp.sqrt(z)) / mp.sqrt(z) ** 3,
        0,
        mpf("0.4376") ** 2,
        12,
        mpf("0.4376") ** 2,
    )
    add(
        "arcsineTail",
        "(asin(r) - r) / r^3 in z = r^2, for |r| <= 1/2.",
        lambda z: (mp.asin(mp.sqrt(z)) - mp.sqrt(z)) / mp.sqrt(z) ** 3,
        0,
        mpf("0.2501"),
        14,
        mpf("0.25"),
    )
    add(
        "hyperbolicSineTail",
        "(sinh(r) - r) / r^3 in z = r^2, for |r| <= 1.",
        lambda z: (mp.sinh(mp.sqrt(z)) - mp.sqrt(z)) / mp.sqrt(z) ** 3,
        0,
        mpf("1.0001"),
        7,
        mpf(1),
    )
    add(
        "inverseSineTail",
        "(asinh(r) - r) / r^3 in z = r^2, for |r| <= 1/2.",
        lambda z: (mp.asinh(mp.sqrt(z)) - mp.sqrt(z)) / mp.sqrt(z) ** 3,
        0,
        mpf("0.2501"),
        13,
        mpf("0.25"),
    )
    add(
        "inverseTangentTail",
        "(atanh(r) - r) / r^3 in z = r^2, for |r| <= 1/2.",
        lambda z: (mp.atanh(mp.sqrt(z)) - mp.sqrt(z)) / mp.sqrt(z) ** 3,
        0,
        mpf("0.2501"),
        15,
        mpf("0.25"),
    )
    add("errorTail", "erf(x) / x - 1 in z = x^2, for |x| <= 1/2.", lambda z: mp.erf(mp.sqrt(z)) / mp.sqrt(z) - 1, 0, mpf("0.2501"), 10, 1)
    return out


def pieces(name, note, function, intervals, count):
    """A table of one row per interval: centre, leading coefficient high and low, then the other coefficients."""
    numbers, worst = [], mpf(0)
    for low, high in intervals:
        centre = (mpf(low) + mpf(high)) / 2
        coefficients, error = fit(lambda x: function(x, low, high), low, high, count, centre)
        worst = max(worst, error / abs(coefficients[0]))
        numbers += [centre, *split(coefficients[0]), *coefficients[1:]]
    report(name, worst)
    return table(name, note, numbers)


def quarter_octaves(low_exponent, high_exponent):
    for exponent in range(low_exponent, high_exponent):
        for quarter in range(4):
            unit = mpf(2) ** exponent
            yield unit * (1 + mpf(quarter) / 4), unit * (1 + mpf(quarter + 1) / 4)


def lgamma_factored(x, low, high):
    if high <= mpf("1.5"):
        return mp.loggamma(x) / (x - 1)
    if high <= mpf("3.5"):
        return mp.loggamma(x) / (x - 2)
    return mp.loggamma(x)


DIGAMMA_ROOT = mp.findroot(mp.digamma, mpf("1.46163"))


def digamma_factored(x, low, high):
    return mp.digamma(x) / (x - DIGAMMA_ROOT) if 1 <= low < 2 else mp.digamma(x)


def piecewise_tables():
    row = "per piece: centre c, leading coefficient (high, low), then the coefficients of (x - c), (x - c)^2, ..."
    return [
        pieces(
            "errorPieces",
            f"erf on [1/2, 6) in pieces of width 1/4; {row}",
            lambda x, low, high: mp.erf(x),
            [(mpf(k) / 4, mpf(k + 1) / 4) for k in range(2, 24)],
            13,
        ),
        pieces(
            "scaledErrorPieces",
            f"exp(x^2) erfc(x) on [1/2, 32) in quarter octaves; {row}",
            lambda x, low, high: mp.exp(x * x) * mp.erfc(x),
            quarter_octaves(-1, 5),
            16,
        ),
        pieces(
            "logGammaPieces",
            "log(gamma(x)) on [1/2, 16) in quarter octaves, divided by x - 1 below 3/2 and by x - 2 from there to " f"7/2; {row}",
            lgamma_factored,
            quarter_octaves(-1, 4),
            15,
        ),
        pieces(
            "digammaPieces",
            f"digamma on [1/2, 16) in quarter octaves, divided by x - root on [1, 2); {row}",
            digamma_factored,
            quarter_octaves(-1, 4),
            15,
        ),
        pieces(
            "cotangentPieces",
            f"1/f - pi cot(pi f) on [0, 1/2] in pieces of width 1/8; {row}",
            lambda f, low, high: 1 / f - mp.pi * mp.cot(mp.pi * f),
            [(mpf(k) / 8, mpf(k + 1) / 8) for k in range(4)],
            14,
        ),
    ]


def logarithm_table():
    """128 pieces of [c, 2c): reciprocal of about the middle with 9 bits, and -log of that reciprocal as two numbers."""
    numbers, worst = [], 0
    # Pieces start at the high word 0x3fe6a000 (0.70703125) and are 2^13 high-word units wide.
    import struct

    def value(high_word):
        return mpf(struct.unpack(">d", struct.pack(">II", high_word, 0))[0])

    for index in range(128):
        low, high = value(0x3FE60000 + (index << 13)), value(0x3FE60000 + ((index + 1) << 13))
        if low <= 1 <= high:
            inverse = mpf(1)
        else:
            inverse = mp.nint(512 / ((low + high) / 2)) / 512
        worst = max(worst, abs(low * inverse - 1), abs(high * inverse - 1))
        numbers += [inverse, *split(-mp.log(inverse), 53)]
    report("logarithmTable reach", worst)
    return table(
        "logarithmTable",
        "128 rows (reciprocal of a point near the middle of the piece, -log of it as high and low part) for the "
        "pieces of [0.6875, 1.375), each 2^13 high words wide.",
        numbers,
    )


def angle_tables():
    bits = 24 * 50
    with mp.workprec(1400):
        scaled = int(mp.floor(2 / mp.pi * mpf(2) ** bits))
    digits = [(scaled >> (bits - 24 * (k + 1))) & 0xFFFFFF for k in range(50)]
    half = mp.pi / 2
    parts = []
    for width in (33, 33):
        exponent = mp.frexp(half)[1]
        unit = mpf(2) ** (exponent - width)
        part = mp.floor(half / unit) * unit
        parts.append(part)
        half -= part
    parts.append(half)
    return [
        constant("halfPiParts", "pi/2 as a sum of two 33-bit numbers and a rest.", parts),
        constant("halfPi", "pi/2 as high and low part.", split(mp.pi / 2)),
        table("twoOverPi", "2/pi in base 2^24, 50 digits after the point.", digits),
    ]


def stirling():
    bernoulli = [mp.bernoulli(2 * k) for k in range(1, 13)]
    return [
        constant(
            "stirlingSeries",
            "B(2k) / (2k (2k - 1)), k = 1..: log(gamma(x)) = (x - 1/2) log(x) - x + log(2 pi)/2 + sum c_k / x^(2k - 1).",
            [b / (2 * k * (2 * k - 1)) for k, b in enumerate(bernoulli[:9], 1)],
        ),
        constant(
            "digammaSeries",
            "B(2k) / (2k), k = 1..: digamma(x) = log(x) - 1/(2x) - sum c_k / x^(2k).",
            [b / (2 * k) for k, b in enumerate(bernoulli[:9], 1)],
        ),
        constant(
            "bernoulliOverFactorial",
            "B(2k) / (2k)!, k = 1..12, of the Euler-Maclaurin formula.",
            [b / mp.factorial(2 * k) for k, b in enumerate(bernoulli, 1)],
        ),
    ]


def numbers():
    out = []
    for name, note, value in [
        ("ln2", "log(2)", mp.log(2)),
        ("inverseLn2", "1 / log(2)", 1 / mp.log(2)),
        ("inverseLn10", "1 / log(10)", 1 / mp.log(10)),
        ("halfLogTwoPi", "log(2 pi) / 2", mp.log(2 * mp.pi) / 2),
        ("logPi", "log(pi)", mp.log(mp.pi)),
        ("pi", "pi", mp.pi),
        ("digammaRoot", "The positive root of digamma", DIGAMMA_ROOT),
    ]:
        out.append(constant(name, f"{note} as high and low part.", split(value)))
    high, low = split(mp.log(2), 38)
    out.append(constant("ln2Parts", "log(2) as a 38-bit number (times any exponent exact) and a rest.", [high, low]))
    angles = [mp.atan(mpf(1) / 2), mp.atan(1), mp.atan(mpf(3) / 2), mp.pi / 2]
    out.append(
        constant(
            "arctangentAngles",
            "atan of 0, 1/2, 1, 3/2 and infinity, each as high and low part.",
            [0, 0, *[part for angle in angles for part in split(angle)]],
        )
    )
    return out


def main():
    head = "// {}\n// Written by scripts/kernels/coefficients.py; do not edit.\n\n"
    (ROOT / "coefficients.ts").write_text(
        head.format("Coefficients of the polynomials and constants that the scalar kernels use.")
        + "// biome-ignore-all lint/suspicious/noApproximativeNumericConstant: the bits are fixed here, not by the engine.\n\n"
        + "\n".join(simple_polynomials() + stirling() + angle_tables() + numbers())
    )
    (ROOT / "tables.ts").write_text(
        head.format("Tables of the scalar kernels: the logarithm's reciprocals and piecewise polynomials.")
        + "\n".join([logarithm_table(), *piecewise_tables()])
    )


main()
