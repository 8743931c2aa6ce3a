/** Finds any of many secrets in a text, in time that grows with the text and not with their number. */

/** From `start` on, up to `end`. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** Secrets of so many characters are found anywhere; shorter ones only as a whole word. */
export const ANYWHERE = 8
const WORD = /[\p{L}\p{N}_]/u
const BEYOND_ASCII = 128
/** What a library puts where it has cut a text off. */
const CUT_OFF = /(…|\.\.\.)?$/

/** A set of secrets. */
export class Search {
  /** By their first characters. */
  readonly #long = new Map<string, string[]>()
  readonly #short = new Set<string>()
  /** Codes of the characters that one begins with, those beyond ASCII as one: most places of a text need no closer look. */
  readonly #begins = new Set<number>()

  constructor(secrets: Iterable<string>) {
    for (const secret of secrets) {
      this.#begins.add(beginOf(secret, 0))
      if (secret.length < ANYWHERE) this.#short.add(secret)
      else {
        const head = secret.slice(0, ANYWHERE)
        const alike = this.#long.get(head)
        if (alike) alike.push(secret)
        else this.#long.set(head, [secret])
      }
    }
  }

  get isEmpty(): boolean {
    return this.#long.size === 0 && this.#short.size === 0
  }

  /** Where they are in `text`, in order of their starts; one that is cut off at the end of the text counts as well. */
  in(text: string): Span[] {
    const spans: Span[] = []
    const whole = text.replace(CUT_OFF, '').length
    for (let start = 0; start < text.length; start++) {
      if (!this.#begins.has(beginOf(text, start))) continue
      const end = Math.max(this.#longAt(text, start, whole), this.#shortAt(text, start))
      if (end > start) spans.push({ start, end })
    }
    return spans
  }

  #longAt(text: string, start: number, whole: number): number {
    let end = start
    for (const secret of this.#long.get(text.slice(start, start + ANYWHERE)) ?? []) {
      if (text.startsWith(secret, start)) end = Math.max(end, start + secret.length)
      else if (secret.startsWith(text.slice(start, whole))) end = Math.max(end, whole)
    }
    return end
  }

  #shortAt(text: string, start: number): number {
    if (this.#short.size === 0 || isWord(text[start - 1])) return start
    for (let end = start + ANYWHERE - 1; end > start; end--) {
      if (this.#short.has(text.slice(start, end)) && !isWord(text[end])) return Math.min(end, text.length)
    }
    return start
  }
}

function beginOf(text: string, at: number): number {
  return Math.min(text.charCodeAt(at), BEYOND_ASCII)
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && WORD.test(character)
}
