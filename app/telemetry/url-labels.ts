/** The url label: what a source's redacted address may add to the label set is capped. */
import type { SourceInfo } from '../model.ts'

const OTHER = 'other'

/** An address for the first `max` distinct ones, and `other` from then on, until some are gone. */
export class UrlLabels {
  readonly #max: number
  readonly #known = new WeakSet<SourceInfo>()
  /** How many sources have an address: the first as their label, the second `other`. */
  readonly #own = new Map<string, number>()
  readonly #other = new Map<string, number>()

  constructor(max: number) {
    this.#max = max
  }

  /** The label of a source, which is there from now on if it was not. */
  of(source: SourceInfo): string {
    const { shown } = source
    if (!this.#known.has(source)) {
      this.#known.add(source)
      const isOther = !this.#own.has(shown) && (this.#own.size >= this.#max || this.#other.has(shown))
      const among = isOther ? this.#other : this.#own
      among.set(shown, (among.get(shown) ?? 0) + 1)
    }
    return this.#own.has(shown) ? shown : OTHER
  }

  /** A source has gone; returns the label that nobody has any more, if that is so. */
  leave(source: SourceInfo): string | undefined {
    if (!this.#known.delete(source)) return undefined
    const { shown } = source
    const among = this.#own.has(shown) ? this.#own : this.#other
    const left = (among.get(shown) ?? 0) - 1
    if (left > 0) among.set(shown, left)
    else among.delete(shown)
    if (left > 0) return undefined
    if (among === this.#own) return shown
    return this.#other.size === 0 ? OTHER : undefined
  }
}
