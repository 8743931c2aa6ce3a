/** A fast scan for numbers that a double cannot represent exactly. */
import { sameNumber } from './decimal.ts'

/** Numbers of up to 15 digits survive the conversion to a double and back, unless they underflow (IEEE 754, binary64). */
const SAFE_DIGITS = 15
const STRIDE = SAFE_DIGITS + 1
const HALF = STRIDE / 2
const QUARTER = STRIDE / 4
/** With at most 15 digits, a number underflows only if its exponent has at least this many digits. */
const LEAST_EXPONENT_DIGITS = 3

const PLUS = 0x2b
const MINUS = 0x2d
/** The bytes from the dot to the nine: dot, slash (which no number contains) and digits. */
const DOT = 0x2e
const SLASH = 0x2f
const NINE = 0x39
const LOWER_E = 0x65
/** The bit that is set in a lower-case letter. */
const LOWER = 0x20

/**
 * Whether a message may contain a number for which `isExact` is true; false is certain. `text` is `data` decoded from UTF-8.
 * Looks at every 16th byte, which hits any run of 16 digits, and at every minus sign.
 */
export function mayHoldExactNumbers(data: Buffer, text: string): boolean {
  return hasLongNumber(data, text) || hasTinyNumber(text)
}

/** Whether the JSON number `token` and `String(Number(token))` are different decimal numbers. */
export function isExact(token: string): boolean {
  return !sameNumber(token, String(Number(token)))
}

function hasLongNumber(data: Buffer, text: string): boolean {
  const { length } = data
  // Hot: every message runs this loop. Its first two lines pass over almost every byte.
  for (let at = SAFE_DIGITS; at < length; at += STRIDE) {
    if (!isInRun(data[at] as number)) continue
    if (!spans(data, at, HALF) || !spans(data, at, QUARTER) || !spans(data, at, STRIDE - QUARTER)) continue
    const end = endOfRun(data, at)
    if (isExactNumber(data, text, startOfRun(data, at), end)) return true
    // Continue behind the run: looking at a long run once per stride would be quadratic.
    at = end
  }
  return false
}

/** False if no run of 16 bytes can contain `at`: such a run contains the byte `distance` before it, or the one 16 after that. */
function spans(data: Buffer, at: number, distance: number): boolean {
  const after = at + STRIDE - distance
  return isInRun(data[at - distance] as number) || (after < data.length && isInRun(data[after] as number))
}

function startOfRun(data: Buffer, at: number): number {
  let start = at
  while (start > 0 && isInRun(data[start - 1] as number)) start--
  return start
}

function endOfRun(data: Buffer, at: number): number {
  let end = at + 1
  while (end < data.length && isInRun(data[end] as number)) end++
  return end
}

function isInRun(byte: number): boolean {
  return byte >= DOT && byte <= NINE
}

/** Whether the run of digits is part of an exact number. The neighbouring characters rule out most runs inside strings. */
function isExactNumber(data: Buffer, text: string, from: number, to: number): boolean {
  if (to - from <= SAFE_DIGITS) return false
  const start = data[from - 1] === MINUS ? from - 1 : from
  const end = endOfExponent(data, to)
  if (!mayPrecede(data[start - 1]) || !mayFollow(data[end])) return false
  // In pure ASCII the positions are the same, and slicing the text is five times faster.
  return isExact(text.length === data.length ? text.slice(start, end) : data.toString('latin1', start, end))
}

function endOfExponent(data: Buffer, to: number): number {
  if (((data[to] ?? 0) | LOWER) !== LOWER_E) return to
  let end = to + 1
  if (data[end] === MINUS || data[end] === PLUS) end++
  while (isDigit(data[end] ?? 0)) end++
  return end
}

/** Whether the text contains a number such as 1e-400, with a negative exponent of at least three digits. */
function hasTinyNumber(text: string): boolean {
  for (let minus = text.indexOf('-'); minus >= 0; minus = text.indexOf('-', minus + 1)) {
    if ((text.charCodeAt(minus - 1) | LOWER) !== LOWER_E || !isDigit(text.charCodeAt(minus - 2))) continue
    let end = minus + 1
    while (isDigit(text.charCodeAt(end))) end++
    if (end - minus > LEAST_EXPONENT_DIGITS && mayFollow(text.charCodeAt(end))) return true
  }
  return false
}

function isDigit(code: number): boolean {
  return code > SLASH && code <= NINE
}

/** Whether a number may follow this character: `[`, `:`, `,`, white space, or the start of the text. */
function mayPrecede(code: number | undefined): boolean {
  return code === undefined || code === 0x5b || code === 0x3a || code === 0x2c || isBlank(code)
}

/** Whether this character may follow a number: `]`, `}`, `,`, white space, or the end of the text (NaN for a string). */
function mayFollow(code: number | undefined): boolean {
  if (code === undefined || Number.isNaN(code)) return true
  return code === 0x5d || code === 0x7d || code === 0x2c || isBlank(code)
}

function isBlank(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d)
}
