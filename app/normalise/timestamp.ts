/** One form for every spelling of a point in time. */

const UNIX = /^(\d{1,16})(?:\.(\d+))?$/
const ISO = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:[.,](\d+))?(?: ?([Zz]|[+-]\d\d(?::?\d\d)?))?$/
/** Unix numbers from here on are milliseconds: as seconds they would be after the year 5138, as milliseconds from 1973. */
const MILLISECONDS_FROM = 1e11
/** Longest text looked at, in characters. */
const MAX_LENGTH = 64
const MINUTE_MS = 60_000

/**
 * `2025-01-19T12:34:56.789Z` for unix time (a number or its decimal text; seconds, fractional seconds or milliseconds)
 * and for ISO 8601 (without zone: UTC). Finer fractions are cut off, never rounded: 0.9999 s stays within its second.
 * `undefined` for anything else, for dates that do not exist, for times before 1970 as unix numbers, and after the year 9999.
 */
export function toTimestamp(value: unknown): string | undefined {
  if (typeof value === 'number') return fromUnix(decimalOf(value))
  if (typeof value !== 'string' || value.length > MAX_LENGTH) return undefined
  const text = value.trim()
  return fromUnix(text) ?? fromIso(text)
}

/** The shortest decimal text of a number is free of the error that multiplying it by 1000 would bring. */
function decimalOf(value: number): string {
  return value >= 0 && value < 1e-6 ? '0' : String(value)
}

function fromUnix(text: string): string | undefined {
  const match = UNIX.exec(text)
  if (!match) return undefined
  const whole = Number(match[1])
  return format(whole >= MILLISECONDS_FROM ? whole : whole * 1000 + Number(millisecondsOf(match[2])))
}

function fromIso(text: string): string | undefined {
  const match = ISO.exec(text)
  if (!match) return undefined
  const utc = `${match[1]}T${match[2]}.${millisecondsOf(match[3])}Z`
  const at = Date.parse(utc)
  // Writing it back shows the dates that do not exist: 30 February would come back as 2 March.
  if (format(at) !== utc) return undefined
  const offset = offsetMs(match[4])
  if (offset === undefined) return undefined
  return offset === 0 ? utc : format(at - offset)
}

/** The first three digits of a decimal fraction. */
function millisecondsOf(fraction = ''): string {
  return fraction.slice(0, 3).padEnd(3, '0')
}

function offsetMs(zone: string | undefined): number | undefined {
  if (zone === undefined || zone === 'Z' || zone === 'z') return 0
  const digits = zone.replace(':', '')
  const hours = Number(digits.slice(1, 3))
  const minutes = Number(digits.slice(3, 5))
  if (hours > 23 || minutes > 59) return undefined
  return (hours * 60 + minutes) * (digits.startsWith('-') ? -MINUTE_MS : MINUTE_MS)
}

function format(ms: number): string | undefined {
  if (!(Math.abs(ms) <= 8.64e15)) return undefined
  const text = new Date(ms).toISOString()
  // Years outside 0000 to 9999 are written with a sign and six digits.
  return text.length === 24 ? text : undefined
}
