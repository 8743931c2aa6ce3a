/** Parts of a text that may say something else when they are decoded. */
import type { Span } from './search.ts'

/** A part and what it may say. */
export interface Encoded extends Span {
  readonly readings: readonly string[]
}

/** Each pattern takes a run as a whole, so that the time grows with the length of the text and not faster. */
const QUOTED = /[^\s"'<>]+/g
const RUN = /\S+/g
const BASE64 = /[A-Za-z0-9+/_-]{11,}/g
const HEX = /[0-9A-Fa-f]{16,}/g

/** Parts in percent-encoding (once or twice), with the escapes of JSON, in base64 or base64url at any alignment, or in hexadecimal digits. */
export function encodedIn(text: string): Encoded[] {
  return [
    ...parts(text, QUOTED, (run) => (run.includes('%') ? percentReadings(run) : [])),
    ...parts(text, RUN, (run) => (run.includes('\\') ? [unescaped(run)] : [])),
    ...parts(text, BASE64, (run) => [0, 1, 2, 3].flatMap((cut) => byteReadings(Buffer.from(run.slice(cut), 'base64')))),
    ...parts(text, HEX, (run) => [0, 1].flatMap((cut) => byteReadings(Buffer.from(run.slice(cut), 'hex')))),
  ]
}

function parts(text: string, pattern: RegExp, read: (run: string) => readonly string[]): Encoded[] {
  return [...text.matchAll(pattern)].map(({ 0: run, index: start }) => {
    // Punctuation behind a run is not of it.
    const length = run.replace(/[.,;:!?()]$/, '').length
    return { start, end: start + length, readings: read(run) }
  })
}

/** A plus is a blank in forms, and itself elsewhere. */
function percentReadings(run: string): string[] {
  const once = fromPercent(run)
  return [once, fromPercent(once), fromPercent(run.replaceAll('+', ' ')), fromPercent(once.replaceAll('+', ' '))]
}

function fromPercent(run: string): string {
  return run.replace(/(%[0-9A-Fa-f]{2})+/g, (all) => Buffer.from(all.replaceAll('%', ''), 'hex').toString())
}

function byteReadings(bytes: Buffer): string[] {
  return [bytes.toString('latin1'), bytes.toString('utf8')]
}

function unescaped(run: string): string {
  return run
    .replace(/\\u([0-9A-Fa-f]{4})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
    .replace(/\\(.)/g, '$1')
}
