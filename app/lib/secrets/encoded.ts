/** Parts of a text that may say something else when they are decoded. */
import type { Span } from './search.ts'

/** A part and what it may say. */
export interface Encoded extends Span {
  readonly readings: readonly string[]
}

/** Punctuation behind a part is not of it. */
const PERCENT = /[^\s"'<>]*%[^\s"'<>]*[^\s"'<>.,;:!?()]/g
const ESCAPED = /\S*\\\S+/g
const BASE64 = /[A-Za-z0-9+/_-]{11,}/g
const HEX = /[0-9A-Fa-f]{16,}/g

/** Parts in percent-encoding (once or twice), with the escapes of JSON, in base64 or base64url at any alignment, or in hexadecimal digits. */
export function encodedIn(text: string): Encoded[] {
  return [
    ...(text.includes('%') ? parts(text, PERCENT, (part) => [fromPercent(part), fromPercent(fromPercent(part))]) : []),
    ...(text.includes('\\') ? parts(text, ESCAPED, (part) => [unescaped(part)]) : []),
    ...parts(text, BASE64, (part) => [0, 1, 2, 3].flatMap((cut) => readings(Buffer.from(part.slice(cut), 'base64')))),
    ...parts(text, HEX, (part) => [0, 1].flatMap((cut) => readings(Buffer.from(part.slice(cut), 'hex')))),
  ]
}

function parts(text: string, pattern: RegExp, read: (part: string) => readonly string[]): Encoded[] {
  return [...text.matchAll(pattern)].map(({ 0: part, index: start }) => ({
    start,
    end: start + part.length,
    readings: read(part),
  }))
}

function readings(bytes: Buffer): string[] {
  return [bytes.toString('latin1'), bytes.toString('utf8')]
}

function fromPercent(run: string): string {
  const bytes = run
    .replaceAll('+', ' ')
    .replace(/(%[0-9A-Fa-f]{2})+/g, (all) => Buffer.from(all.replaceAll('%', ''), 'hex').toString())
  return bytes
}

function unescaped(run: string): string {
  return run
    .replace(/\\u([0-9A-Fa-f]{4})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
    .replace(/\\(.)/g, '$1')
}
