// Finds the word that was probably meant by a misspelt one.

/** How many letters must be changed, added, dropped or swapped to get from `a` to `b`; `limit` + 1 if more than `limit`. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const isSame = a[row - 1] === b[column - 1];
      let cost = Math.min(
        (above[column] as number) + 1,
        (current[column - 1] as number) + 1,
        (above[column - 1] as number) + (isSame ? 0 : 1),
      );
      const isSwap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (isSwap) cost = Math.min(cost, (before[column - 2] as number) + 1);
      current.push(cost);
    }
    if (Math.min(...current) > limit) return limit + 1;
    before = above;
    above = current;
  }
  return above[b.length] as number;
}

/** A word as it is typed without effort: small letters, digits on the line, no accents. */
function plain(word: string): string {
  const isAscii = /^[ -~]*$/.test(word);
  return (isAscii ? word : word.normalize("NFKD").replace(/\p{M}/gu, "")).toLowerCase();
}

/**
 * The candidate nearest to `word`, if it is near enough to be what was meant: one wrong letter in three or four, two in five and
 * more. Capitals count as their small letters, subscript digits as digits, accented letters as plain ones. Null if there is none; the first of several equally near ones.
 */
export function closest(word: string, candidates: Iterable<string>): string | null {
  const limit = word.length < 3 ? 0 : word.length < 5 ? 1 : 2;
  if (word.length > 64) return null;
  const same = plain(word);
  let best: string | null = null;
  let bestDistance = limit + 1;
  for (const candidate of candidates) {
    if (candidate === word || candidate.length > 64) continue;
    const steps = plain(candidate) === same ? 0 : distance(word, candidate, limit);
    if (steps < bestDistance) {
      best = candidate;
      bestDistance = steps;
    }
  }
  return best;
}
