/** Which word was meant, by edit distance with transpositions (optimal string alignment). */

/** Nobody types a longer name by mistake, and the work grows with the square of the length. */
const LONGEST_WORD = 64

/** The first of the nearest `words` that is at most `most` edits from `given`; undefined where there is none. */
export function nearest(given: string, words: readonly string[], most: number): string | undefined {
  if (given.length > LONGEST_WORD) return undefined
  let best: { readonly word: string; readonly distance: number } | undefined
  for (const word of words) {
    if (Math.abs(word.length - given.length) > most || word.length > LONGEST_WORD) continue
    const distance = editDistance(given, word)
    if (distance <= most && (best === undefined || distance < best.distance)) best = { word, distance }
  }
  return best?.word
}

/** Characters to put in, take out, replace, or swap with their neighbour. */
function editDistance(a: string, b: string): number {
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1]
    for (let j = 0; j < b.length; j++) {
      const replaced = (row[j] ?? 0) + (a[i] === b[j] ? 0 : 1)
      const isSwap = i > 0 && j > 0 && a[i] === b[j - 1] && a[i - 1] === b[j]
      const swapped = isSwap ? (before[j - 1] ?? 0) + 1 : Number.POSITIVE_INFINITY
      next.push(Math.min(replaced, swapped, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    before = row
    row = next
  }
  return row.at(-1) ?? 0
}
