/** What a text may say when it is decoded, and where it says it. */
import type { Span } from './search.ts'

/** Most encodings that lie over each other. */
const MOST_ENCODINGS = 2
/** Each pattern takes a run as a whole, so that the time grows with the length of the text and not faster. */
const BASE64_RUN = /[A-Za-z0-9+/_-]{11,}/g
const HEX_RUN = /[0-9A-Fa-f]{16,}/g

/** A text in which some characters stand for others. */
interface Escapes {
  readonly pattern: RegExp
  readonly read: (match: RegExpExecArray) => string
}

const ESCAPES: readonly Escapes[] = [
  // Percent-encoding (RFC 3986 §2.1); a character beyond ASCII takes several.
  {
    pattern: /%[0-7][0-9a-f]|(?:%[89a-f][0-9a-f])+/gi,
    read: ([run]) => Buffer.from(run.replaceAll('%', ''), 'hex').toString(),
  },
  // In forms a plus is a blank.
  { pattern: /\+/g, read: () => ' ' },
  // JSON (RFC 8259 §7).
  {
    pattern: /\\(?:u([0-9a-f]{4})|(.))/gi,
    read: ([, code, letter = '']) =>
      code === undefined ? (CONTROLS[letter] ?? letter) : String.fromCharCode(Number.parseInt(code, 16)),
  },
  // HTML and XML.
  {
    pattern: /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(quot|apos|amp|lt|gt));/gi,
    read: ([whole, hex, digits, name]) =>
      ENTITIES[name?.toLowerCase() ?? ''] ?? character(hex === undefined ? Number(digits) : Number(`0x${hex}`), whole),
  },
]
const CONTROLS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' }
const ENTITIES: Readonly<Record<string, string>> = { quot: '"', apos: "'", amp: '&', lt: '<', gt: '>' }
const LAST_CODE_POINT = 0x10ffff

function character(code: number, otherwise: string): string {
  return code <= LAST_CODE_POINT ? String.fromCodePoint(code) : otherwise
}

/** A decoded text that remembers which part of the original each of its characters stands for. */
export class DecodedText {
  readonly text: string
  readonly #starts: readonly number[]
  readonly #ends: readonly number[]

  private constructor(text: string, starts: readonly number[], ends: readonly number[]) {
    this.text = text
    this.#starts = starts
    this.#ends = ends
  }

  static of(text: string): DecodedText {
    const starts = Array.from({ length: text.length }, (_, at) => at)
    return new DecodedText(
      text,
      starts,
      starts.map((at) => at + 1),
    )
  }

  /** The part of the original that a part of this text, which is not empty, stands for. */
  original({ start, end }: Span): Span {
    return { start: this.#starts[start] ?? 0, end: this.#ends[end - 1] ?? 0 }
  }

  /** Undefined where the text holds no such escapes. */
  without({ pattern, read }: Escapes): DecodedText | undefined {
    let text = ''
    let at = 0
    const starts: number[] = []
    const ends: number[] = []
    const keep = (until: number): void => {
      text += this.text.slice(at, until)
      for (; at < until; at++) this.#push(starts, ends, at, at + 1)
    }
    for (const match of this.text.matchAll(pattern)) {
      keep(match.index)
      const said = read(match)
      const end = match.index + match[0].length
      for (let unit = 0; unit < said.length; unit++) this.#push(starts, ends, match.index, end)
      text += said
      at = end
    }
    if (at === 0) return undefined
    keep(this.text.length)
    return new DecodedText(text, starts, ends)
  }

  #push(starts: number[], ends: number[], from: number, to: number): void {
    starts.push(this.#starts[from] ?? 0)
    ends.push(this.#ends[to - 1] ?? 0)
  }
}

/**
 * Where `text` says something that `find` finds, in percent-encoding, the encoding of forms, or the escapes of JSON or HTML, up to two of them over each
 * other, or in base64 or base64url at any alignment or hexadecimal digits, alone or below one of those.
 */
export function findEncoded(text: string, find: (said: string) => readonly Span[]): Span[] {
  const whole = DecodedText.of(text)
  const spans = bytesIn(whole, find)
  let readings = [whole]
  for (let depth = 1; depth <= MOST_ENCODINGS; depth++) {
    readings = readings.flatMap((reading) => ESCAPES.flatMap((escapes) => reading.without(escapes) ?? []))
    for (const reading of readings) {
      spans.push(...find(reading.text).map((span) => reading.original(span)))
      if (depth === 1) spans.push(...bytesIn(reading, find))
    }
  }
  return spans
}

/** Runs of base64 or hexadecimal digits, each as a whole. */
function bytesIn(reading: DecodedText, find: (said: string) => readonly Span[]): Span[] {
  const runs = (pattern: RegExp, cuts: number, encoding: 'base64' | 'hex'): Span[] =>
    [...reading.text.matchAll(pattern)].flatMap(({ 0: run, index: start }) => {
      const says = (cut: number): boolean => {
        const bytes = Buffer.from(run.slice(cut), encoding)
        return find(bytes.toString('latin1')).length > 0 || find(bytes.toString('utf8')).length > 0
      }
      const isSecret = Array.from({ length: cuts }, (_, cut) => cut).some(says)
      return isSecret ? [reading.original({ start, end: start + run.length })] : []
    })
  return [...runs(BASE64_RUN, 4, 'base64'), ...runs(HEX_RUN, 2, 'hex')]
}
