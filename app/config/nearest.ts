/** The known word nearest to a given one, by edit distance (Levenshtein, "Binary codes capable of correcting deletions, insertions, and reversals"). */

/** The first of the nearest `words` and how many characters must be put in, taken out or replaced. `words` must not be empty. */
export function nearest(given: string, words: readonly string[]): { word: string; distance: number } {
  return words
    .map((word) => ({ word, distance: editDistance(given, word) }))
    .reduce((best, next) => (next.distance < best.distance ? next : best))
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (const [done, letter] of [...a].entries()) {
    const next = [done + 1]
    for (const [at, other] of [...b].entries()) {
      const [corner = 0, above = 0] = row.slice(at, at + 2)
      next.push(Math.min(corner + (letter === other ? 0 : 1), above + 1, (next[at] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
