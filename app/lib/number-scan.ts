/** Finds out, far faster than JSON is parsed, whether a text may hold a number that a double does not say exactly. */
import { sameNumber } from './decimal.ts'

/** A number of up to 15 digits is the shortest text of its double, unless it is too small for one (IEEE 754, binary64). */
const SAFE_DIGITS = 15
const STRIDE = SAFE_DIGITS + 1
const HALF = STRIDE / 2
/** With so few digits, only an exponent of at least so many digits makes a number too small. */
const EXPONENT_DIGITS = 3

const PLUS = 0x2b
const MINUS = 0x2d
/** From the dot to the nine: the digits, the dot between them, and the slash, which is in no number. */
const DOT = 0x2e
const SLASH = 0x2f
const NINE = 0x39
const LOWER_E = 0x65
/** The bit that is set in a lower-case letter. */
const LOWER = 0x20

/**
 * Whether `text`, which is JSON and `data` in UTF-8, may hold a number whose double is written with another value. False is
 * certain. Looks at every 16th byte, because no 16 digits in a row fit between two of them, and at each minus sign.
 */
export function mayHoldExactNumbers(data: Buffer, text: string): boolean {
  return hasLongNumber(data, text) || hasTinyNumber(text)
}

/** Whether the double of `token`, a JSON number, is written with another value than that of `token`. */
export function isExact(token: string): boolean {
  return !sameNumber(token, String(Number(token)))
}

function hasLongNumber(data: Buffer, text: string): boolean {
  const { length } = data
  // Every message pays for this loop: most bytes are passed over by its first line, most others by the second.
  for (let at = SAFE_DIGITS; at < length; at += STRIDE) {
    if (!isInRun(data[at] as number)) continue
    const after = at + HALF < length ? (data[at + HALF] as number) : 0
    if (!isInRun(data[at - HALF] as number) && !isInRun(after)) continue
    const end = endOfRun(data, at)
    if (isExactNumber(data, text, startOfRun(data, at), end)) return true
    // On from its end, or a long run would be looked at once for each of its strides.
    at = end
  }
  return false
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

/** Whether a run of digits belongs to a number that is exact. Those in a string mostly show by what surrounds them. */
function isExactNumber(data: Buffer, text: string, from: number, to: number): boolean {
  if (to - from <= SAFE_DIGITS) return false
  const start = data[from - 1] === MINUS ? from - 1 : from
  const end = endOfExponent(data, to)
  if (!mayPrecede(data[start - 1]) || !mayFollow(data[end])) return false
  // In ASCII both have the same positions, and the text is cut five times faster.
  return isExact(text.length === data.length ? text.slice(start, end) : data.toString('latin1', start, end))
}

function endOfExponent(data: Buffer, to: number): number {
  if (((data[to] ?? 0) | LOWER) !== LOWER_E) return to
  let end = to + 1
  if (data[end] === MINUS || data[end] === PLUS) end++
  while (isDigit(data[end] ?? 0)) end++
  return end
}

/** 1e-400, say: whether there is a minus sign behind an `e`, with enough digits behind it. */
function hasTinyNumber(text: string): boolean {
  for (let minus = text.indexOf('-'); minus >= 0; minus = text.indexOf('-', minus + 1)) {
    if ((text.charCodeAt(minus - 1) | LOWER) !== LOWER_E || !isDigit(text.charCodeAt(minus - 2))) continue
    let end = minus + 1
    while (isDigit(text.charCodeAt(end))) end++
    if (end - minus > EXPONENT_DIGITS && mayFollow(text.charCodeAt(end))) return true
  }
  return false
}

function isDigit(code: number): boolean {
  return code > SLASH && code <= NINE
}

/** Whether a number may begin behind this character: `[`, `:`, `,`, a blank, or the beginning of the text. */
function mayPrecede(code: number | undefined): boolean {
  return code === undefined || code === 0x5b || code === 0x3a || code === 0x2c || isBlank(code)
}

/** Whether a number may end before this character: `]`, `}`, `,`, a blank, or the end of the text, which is NaN in a string. */
function mayFollow(code: number | undefined): boolean {
  if (code === undefined || Number.isNaN(code)) return true
  return code === 0x5d || code === 0x7d || code === 0x2c || isBlank(code)
}

function isBlank(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d)
}
