/** Finds any of many secrets in a text, in time that grows with the text and not with their number. */

/** From `start` on, up to `end`. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** Secrets of so many characters are found anywhere; shorter ones only as a whole word. */
const ANYWHERE = 8
/** So many characters of a longer one, and half of it, give it away. */
const TELLING = 16
const WORD = /[\p{L}\p{N}_]/u
const BEYOND_ASCII = 128
/** What a library puts where it has cut a text off. */
const CUT_OFF = /(…|\.\.\.)?$/

/** A set of secrets. */
export class SecretSearch {
  /** In lower case, by their first characters: who says one back may have read it as a UUID or as hexadecimal digits. */
  readonly #long = new Map<string, string[]>()
  readonly #short = new Set<string>()
  /** Codes of the characters that one begins with, those beyond ASCII as one: most places of a text need no closer look. */
  readonly #begins = new Set<number>()

  constructor(secrets: Iterable<string>) {
    for (const secret of secrets) {
      const lower = lowerCase(secret)
      this.#begins.add(beginOf(lower, 0))
      if (secret.length < ANYWHERE) this.#short.add(secret)
      else {
        const head = lower.slice(0, ANYWHERE)
        const alike = this.#long.get(head)
        if (alike) alike.push(lower)
        else this.#long.set(head, [lower])
      }
    }
  }

  get isEmpty(): boolean {
    return this.#long.size === 0 && this.#short.size === 0
  }

  /** Where they are in `text`, in order of their starts; one that is cut off at the end of the text, or of which half stands, counts as well. */
  in(text: string): Span[] {
    const spans: Span[] = []
    const whole = text.replace(CUT_OFF, '').length
    const lower = lowerCase(text)
    for (let start = 0; start < text.length; start++) {
      if (!this.#begins.has(beginOf(lower, start))) continue
      const end = Math.max(this.#longAt(lower, start, whole), this.#shortAt(text, start))
      if (end > start) spans.push({ start, end })
    }
    return spans
  }

  #longAt(text: string, start: number, whole: number): number {
    let end = start
    for (const secret of this.#long.get(text.slice(start, start + ANYWHERE)) ?? []) {
      const same = alike(secret, text, start)
      const isTelling = same >= TELLING && same * 2 >= secret.length
      if (same === secret.length || isTelling || start + same >= whole) end = Math.max(end, start + same)
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

/** Character by character, so that places stay; text of the few that have no lower case of the same length stays as it is. */
function lowerCase(text: string): string {
  const lower = text.toLowerCase()
  return lower.length === text.length ? lower : text
}

/** How many characters of `secret` stand in `text` from `start` on. */
function alike(secret: string, text: string, start: number): number {
  if (text.startsWith(secret, start)) return secret.length
  let same = ANYWHERE
  while (same < secret.length && secret[same] === text[start + same]) same++
  return same
}

function beginOf(text: string, at: number): number {
  return Math.min(text.charCodeAt(at), BEYOND_ASCII)
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && WORD.test(character)
}
