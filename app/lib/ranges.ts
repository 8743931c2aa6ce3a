/** Sets of whole numbers, stored as runs: `0-3,7,9-12`. */

const RANGES_TEXT = /^\d{1,9}(?:-\d{1,9})?(?:,\d{1,9}(?:-\d{1,9})?)*$/

/** Numbers from 0, kept as runs. */
export class Ranges {
  /** First and last of each run, flat, ascending. */
  readonly #bounds: number[] = []
  #count = 0

  /** The number of members. */
  get count(): number {
    return this.#count
  }

  /** The lowest, or undefined. */
  get first(): number | undefined {
    return this.#bounds[0]
  }

  /** Adds the numbers from `from` to `to`. Ignores ranges that do not lie above all members. */
  add(from: number, to = from): void {
    const last = this.#bounds.length - 1
    const end = this.#bounds[last] ?? -2
    if (from <= end || to < from) return
    if (from === end + 1) this.#bounds[last] = to
    else this.#bounds.push(from, to)
    this.#count += to - from + 1
  }

  has(number: number): boolean {
    let [low, high] = [0, this.#bounds.length / 2 - 1]
    while (low <= high) {
      const middle = (low + high) >> 1
      if (number < (this.#bounds[2 * middle] ?? 0)) high = middle - 1
      else if (number > (this.#bounds[2 * middle + 1] ?? 0)) low = middle + 1
      else return true
    }
    return false
  }

  toString(): string {
    const runs: string[] = []
    for (let at = 0; at < this.#bounds.length; at += 2) {
      const [from, to] = [this.#bounds[at], this.#bounds[at + 1]]
      runs.push(from === to ? `${from}` : `${from}-${to}`)
    }
    return runs.join(',')
  }
}

/** Parses the output of `toString`; returns undefined for other text. */
export function parseRanges(text: string): Ranges | undefined {
  if (!RANGES_TEXT.test(text)) return undefined
  const ranges = new Ranges()
  let expected = 0
  for (const run of text.split(',')) {
    const [from = 0, to = from] = run.split('-').map(Number)
    expected += Math.max(1, to - from + 1)
    ranges.add(from, to)
  }
  // Runs that end before they begin, are out of order or overlap were left out.
  return ranges.count === expected ? ranges : undefined
}
