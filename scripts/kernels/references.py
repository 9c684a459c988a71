"""Writes reference values of the scalar kernels (needs mpmath): python3 scripts/kernels/references.py FILE [POINTS] [SEED].

The committed table is test/ops/kernels/references.txt, written with 40 points a range. Each line is a function, its arguments, the
nearest binary64 number to the exact result, and what is missing to the exact result in units in the last place of that number (at most
0.5 in size).
"""

import math
import random
import struct
import sys
from mpmath import mp, mpf

mp.prec = 240
TINIEST = 5e-324


def unit(value):
    return mpf(math.ulp(value))


def reference(exact):
    """The nearest binary64 number and the rest in its units; None where the result is not a finite number."""
    exact = mp.re(exact)
    value = float(exact)
    if math.isinf(value) or math.isnan(value):
        return None
    return value, float(mp.nstr((exact - mpf(value)) / unit(value), 4))


def spread(low, high):
    """Uniform numbers."""
    return lambda: random.uniform(low, high)


def decades(low, high, signed=False):
    """Numbers with uniform logarithm of size."""

    def draw():
        value = math.exp(random.uniform(math.log(low), math.log(high)))
        return -value if signed and random.random() < 0.5 else value

    return draw


def bits(signed=False):
    """Any positive finite number, uniform in its bit pattern (subnormal ones too)."""

    def draw():
        value = struct.unpack(">d", struct.pack(">Q", random.randrange(1, 0x7FEFFFFFFFFFFFFF)))[0]
        return -value if signed and random.random() < 0.5 else value

    return draw


def near(*centres):
    """Numbers within 1e-1..1e-15 of a centre."""
    return lambda: (lambda c: c + c * math.copysign(10 ** random.uniform(-15, -1), random.random() - 0.5))(random.choice(centres))


def whole(low, high):
    return lambda: float(random.randint(low, high))


def polygamma(n, x):
    return mp.psi(int(n), x)


def real_loggamma(x):
    return mp.log(abs(mp.gamma(x))) if x < 100 else mp.loggamma(x).real


def logistic(x):
    return 1 / (1 + mp.exp(-x))


def softplus(x):
    return mp.log1p(mp.exp(x))


def with_long_angles(function):
    def evaluate(x):
        with mp.workprec(1500):
            return +function(x)

    return evaluate


SINGLE = {
    "exp": (
        mp.exp,
        [spread(-1, 1), spread(-708, 709.7), spread(-745.1, -708), decades(1e-18, 1, True)],
        [709.782712893384, -745.13, -708.4, 1e-300],
    ),
    "exp2": (
        lambda x: mpf(2) ** x,
        [spread(-1, 1), spread(-1022, 1024), spread(-1074.9, -1022), decades(1e-18, 1, True)],
        [1023.9999999999999],
    ),
    "expm1": (mp.expm1, [spread(-1, 1), spread(-40, 60), spread(60, 709.7), decades(1e-20, 1, True)], [TINIEST, 709.782712893384, -1e-300]),
    "log": (mp.log, [spread(0.5, 2), bits(), near(1.0), decades(1e-5, 1e5)], [TINIEST, 1.7976931348623157e308, 2.2250738585072014e-308]),
    "log1p": (
        mp.log1p,
        [spread(-0.9999, 1), decades(1e-20, 1, True), decades(1, 1e300), lambda: -1 + 10 ** random.uniform(-15, -1)],
        [TINIEST, 1.7976931348623157e308],
    ),
    "log2": (lambda x: mp.log(x, 2), [spread(0.5, 2), bits(), near(1.0)], [TINIEST, 3.0]),
    "log10": (mp.log10, [spread(0.5, 2), bits(), near(1.0, 10.0, 1e5)], [TINIEST, 1e22, 1e-5]),
    "sin": (
        with_long_angles(mp.sin),
        [spread(-0.8, 0.8), spread(-100, 100), spread(-1e5, 1e5), decades(1e5, 1e300, True), near(math.pi, 10 * math.pi)],
        [6381956970095103.0 * 2.0**797, 1e22, 1.7976931348623157e308, TINIEST, 1e-9],
    ),
    "cos": (
        with_long_angles(mp.cos),
        [spread(-0.8, 0.8), spread(-100, 100), spread(-1e5, 1e5), decades(1e5, 1e300, True), near(math.pi / 2, 21 * math.pi / 2)],
        [6381956970095103.0 * 2.0**797, 1e22, 1.7976931348623157e308, 1e-9],
    ),
    "tan": (
        with_long_angles(mp.tan),
        [spread(-0.8, 0.8), spread(-100, 100), spread(-1e5, 1e5), decades(1e5, 1e300, True), near(math.pi / 2, math.pi)],
        [6381956970095103.0 * 2.0**797, 1e22, 1.7976931348623157e308, TINIEST, 1e-9],
    ),
    "asin": (
        mp.asin,
        [spread(-1, 1), spread(-0.5, 0.5), decades(1e-20, 0.5, True), lambda: 1 - 10 ** random.uniform(-16, -1)],
        [TINIEST, 1.0, -1.0, 0.5],
    ),
    "acos": (
        mp.acos,
        [
            spread(-1, 1),
            spread(-0.5, 0.5),
            decades(1e-20, 0.5, True),
            lambda: 1 - 10 ** random.uniform(-16, -1),
            lambda: -1 + 10 ** random.uniform(-16, -1),
        ],
        [TINIEST, -1.0, 0.5, 0.5000000000000001],
    ),
    "atan": (mp.atan, [spread(-3, 3), spread(0.4, 0.7), decades(1e-20, 1e20, True)], [TINIEST, 0.4375, 0.6875, 1.1875, 2.4375, 1e300]),
    "sinh": (mp.sinh, [spread(-1.5, 1.5), spread(-710, 710), decades(1e-20, 40, True)], [TINIEST, 710.4758600739439]),
    "cosh": (mp.cosh, [spread(-1.5, 1.5), spread(-710, 710), decades(1e-20, 40, True)], [710.4758600739439]),
    "tanh": (mp.tanh, [spread(-1, 1), spread(-20, 20), decades(1e-20, 20, True)], [TINIEST, 19.9]),
    "asinh": (mp.asinh, [spread(-1, 1), spread(-20, 20), decades(1e-20, 1e300, True)], [TINIEST, 1.7976931348623157e308, 1e9]),
    "acosh": (
        mp.acosh,
        [spread(1, 2), spread(1, 50), decades(1, 1e300), lambda: 1 + 10 ** random.uniform(-15.5, -1)],
        [1.7976931348623157e308, 1.0000000000000002],
    ),
    "atanh": (
        mp.atanh,
        [spread(-1, 1), spread(-0.5, 0.5), decades(1e-20, 1, True), lambda: 1 - 10 ** random.uniform(-15.9, -1)],
        [TINIEST, 0.9999999999999999],
    ),
    "sigmoid": (logistic, [spread(-4, 4), spread(-745, 745), decades(1e-20, 40, True)], [-745.1, -708.5, -37.0, 37.0]),
    "softplus": (softplus, [spread(-4, 4), spread(-745, 745), decades(1e-20, 40, True)], [-745.1, 1000.0, -37.0, 37.0]),
    "logSigmoid": (lambda x: -softplus(-x), [spread(-4, 4), spread(-745, 745)], [-1000.0]),
    "erf": (mp.erf, [spread(-1, 1), spread(-6, 6), decades(1e-20, 6, True)], [TINIEST, 0.5, 5.9]),
    "erfc": (mp.erfc, [spread(-1, 1), spread(-6, 6), spread(0.5, 27), spread(26.5, 27.2)], [TINIEST, 0.5, -5.9]),
    "lgamma": (
        real_loggamma,
        [spread(0.001, 4), spread(4, 60), decades(1e-300, 1e300), near(1.0, 2.0), spread(-0.5, 0), spread(-0.9, -0.1)],
        [TINIEST, 2.5e305, 0.5, 1.5, 3.5, 16.0],
    ),
    "digamma": (
        mp.digamma,
        [spread(0.001, 4), spread(4, 60), decades(1e-300, 1e300), near(1.4616321449683622)],
        [1e-308, 0.5, 1.0, 2.0, 16.0, 1.7e308],
    ),
    "cbrt": (mp.cbrt, [spread(0, 10), bits(), decades(1e-5, 1e5)], [TINIEST, 27.0, 1.7976931348623157e308]),
}

NEGATIVE = {
    "lgammaNegative": (real_loggamma, [spread(-4, -0.5), spread(-60, -4), spread(-5000, -60)], []),
    "digammaNegative": (mp.digamma, [spread(-4, 0), spread(-60, -4), spread(-5000, -60)], []),
}

DOUBLE = {
    "pow": (
        lambda x, y: x**y,
        [
            (spread(0.1, 4), spread(-10, 10)),
            (decades(1e-300, 1e300), decades(1e-4, 1, True)),
            (spread(0.1, 30), whole(-12, 12)),
            (near(1.0), decades(1, 1e4, True)),
            (spread(0.5, 2), spread(-700, 700)),
            (whole(2, 20), whole(2, 30)),
            (bits(), spread(-0.9, 0.9)),
            (lambda: 1 + 10 ** random.uniform(-15, -8), decades(1e6, 1e15)),
        ],
        [(0.5, 1074.0), (0.5, 1022.5), (2.0, 0.5), (TINIEST, 0.3), (10.0, 308.0)],
    ),
    "atan2": (
        lambda y, x: mp.atan2(y, x),
        [(spread(-3, 3), spread(-3, 3)), (decades(1e-20, 1e20, True), decades(1e-20, 1e20, True)), (bits(True), bits(True))],
        [(TINIEST, TINIEST), (1e308, -1.7e308), (5e-324, -1e-320), (1e-310, 1.0)],
    ),
    "hypot": (
        lambda x, y: mp.sqrt(x * x + y * y),
        [(spread(-3, 3), spread(-3, 3)), (decades(1e-9, 1e9, True), decades(1e-9, 1e9, True)), (bits(), bits())],
        [(3.0, 4.0), (1e308, 1e308), (5e-324, 5e-324), (3e-320, 4e-320)],
    ),
    "logaddexp": (
        lambda a, b: mp.log(mp.exp(a) + mp.exp(b)),
        [(spread(-3, 3), spread(-3, 3)), (spread(-1000, 1000), spread(-1000, 1000)), (spread(-40, 40), spread(-40, 40))],
        [(-1000.0, -1000.5)],
    ),
    "xlogy": (lambda x, y: x * mp.log(y), [(spread(-3, 3), spread(0, 3)), (decades(1e-20, 1e20, True), bits())], [(0.5, 0.5)]),
    "polygamma": (
        polygamma,
        [
            (whole(1, 6), spread(0.01, 4)),
            (whole(1, 12), decades(0.01, 1e4)),
            (whole(1, 3), decades(1e-80, 1e80)),
            (whole(20, 60), spread(0.1, 60)),
        ],
        [(1.0, 1e-150), (1.0, 1e308), (1.0, 1.0), (170.0, 30.0), (100.0, 1e4)],
    ),
    "polygammaNegative": (polygamma, [(whole(1, 6), spread(-4, 0)), (whole(1, 12), spread(-60, -4))], []),
}


def rows(function, ranges, extra, count):
    result = []
    points = [tuple(d() for d in draw) if isinstance(draw, tuple) else (draw(),) for draw in ranges for _ in range(count)]
    points += [point if isinstance(point, tuple) else (point,) for point in extra]
    for point in points:
        exact = reference(function(*map(mpf, point)))
        if exact:
            result.append([*point, *exact])
    return result


def main():
    path, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 40
    random.seed(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    with open(path, "w") as file:
        for name, (function, ranges, extra) in {**SINGLE, **NEGATIVE, **DOUBLE}.items():
            for row in rows(function, ranges, extra, count):
                file.write(f"{name} {' '.join(map(repr, row))}\n")


main()
