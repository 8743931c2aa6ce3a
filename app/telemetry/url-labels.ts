/** Values of the label `url`, limited in number. */
import type { SourceInfo } from '../model.ts'

const OTHER = 'other'

/** The first `max` distinct addresses are labels; further ones are `other` until some are removed. */
export class UrlLabels {
  readonly #max: number
  readonly #known = new WeakSet<SourceInfo>()
  /** Sources per address: with a label of their own, and with `other`. */
  readonly #own = new Map<string, number>()
  readonly #other = new Map<string, number>()

  constructor(max: number) {
    this.#max = max
  }

  /** The label of a source. Adds the source if it is new. */
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

  /** Removes a source. Returns its label if no other source has it. */
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
