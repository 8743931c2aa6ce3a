/** The only parser of points in time. Works on the digits of the text. */
import { type Decimal, decimalOf, wholeLength } from './decimal.ts'
import { numberText } from './json-value.ts'
import { offsetOf } from './zone.ts'

/** Longest text looked at, in characters. */
const MAX_TEXT_LENGTH = 80
/** Unix time as text: a plain decimal number. */
const UNIX = /^\d+(?:\.\d+)?$/
/** Seconds, milliseconds, microseconds and nanoseconds per second as powers of ten, in the order of trial. */
const POWERS = [0, 3, 6, 9]
const MS_POWER = 3
/** Most digits of seconds before the point, up to the year 5138. The other units reach up to the year 9999. */
const SECONDS_DIGITS = 11
/** Nanoseconds of the year 9999. */
const MOST_UNIX_DIGITS = 21
/** The years 0000 to 9999, in milliseconds since the epoch. */
const FIRST_MS = -62_167_219_200_000
const LAST_MS = 253_402_300_799_999

/** ISO 8601 with `-` or `/`, `T` or blanks, and its form without separators; the time may be short or missing. */
const ISO =
  /^(?<year>\d{4})[-/](?<month>\d\d)[-/](?<day>\d\d)(?:(?:[Tt]| +)(?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d)(?:[.,](?<fraction>\d+))?)?(?<zone>.*))?$/
const BASIC =
  /^(?<year>\d{4})(?<month>\d\d)(?<day>\d\d)[Tt](?<hour>\d\d)(?<minute>\d\d)(?:(?<second>\d\d)(?:[.,](?<fraction>\d+))?)?(?<zone>.*)$/
/** `Sun, 19 Jan 2025 12:34:56 GMT` (RFC 9110 and 5322). */
const MAIL =
  /^(?:[A-Za-z]{3,9},? +)?(?<day>\d\d?)[- ](?<month>[A-Za-z]{3})[- ](?<year>\d{4}) +(?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d)(?:[.,](?<fraction>\d+))?)?(?<zone> .*)?$/
/** `Sun Jan 19 12:34:56 2025`, `Sun Jan 19 12:34:56 +0000 2025`: C's asctime and its kin. */
const ASCTIME =
  /^[A-Za-z]{3,9} (?<month>[A-Za-z]{3}) +(?<day>\d\d?) (?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)(?:[.,](?<fraction>\d+))?(?<zone> [A-Z+-][A-Z\d:]*)? (?<year>\d{4})$/
/** `Sun Jan 19 2025 12:34:56 GMT+0000 (Coordinated Universal Time)`: what JavaScript makes of a date. */
const SCRIPT =
  /^[A-Za-z]{3} (?<month>[A-Za-z]{3}) (?<day>\d\d) (?<year>\d{4}) (?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)(?<zone> .*)?$/
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/**
 * Milliseconds since the epoch for unix time (seconds, milliseconds, microseconds or nanoseconds by their size; a number or its
 * decimal text) and for a date with or without a time (without a zone: UTC). Finer fractions are cut off, never rounded.
 * Undefined for anything else, for dates that do not exist, for unix times before 1970, and outside the years 0000 to 9999.
 */
export function instantOf(value: unknown): number | undefined {
  const number = numberText(value)
  if (number !== undefined) return fromUnix(number)
  if (typeof value !== 'string' || value.length > MAX_TEXT_LENGTH) return undefined
  const text = value.trim()
  return inRange(UNIX.test(text) ? fromUnix(text) : fromCalendar(text))
}

function fromUnix(text: string): number | undefined {
  const decimal = decimalOf(text)
  if (!decimal || (decimal.negative && decimal.digits !== '')) return undefined
  const power = unixPower(decimal)
  return power === undefined ? undefined : cutAt(decimal.digits, wholeLength(decimal) + MS_POWER - power)
}

/** The unit of unix time by its size: seconds, milliseconds, microseconds or nanoseconds as units per second, a power of ten. */
export function unixPower(decimal: Decimal): number | undefined {
  const length = wholeLength(decimal)
  if (length > MOST_UNIX_DIGITS) return undefined
  return POWERS.slice(length > SECONDS_DIGITS ? 1 : 0).find(
    (power) => cutAt(decimal.digits, length + MS_POWER - power) <= LAST_MS,
  )
}

/** The number that the first `length` digits are, zeros appended where there are not so many. */
function cutAt(digits: string, length: number): number {
  return length > 0 ? Number(digits.slice(0, length).padEnd(length, '0')) : 0
}

/** A date and time as it was written. */
export interface Written {
  /** Milliseconds since the epoch, as if the zone were UTC; finer digits are cut off. */
  readonly ms: number
  /** The six digits of the fraction behind the milliseconds. */
  readonly nanos: number
  /** How far its zone is ahead of UTC, in milliseconds; 0 where there is none. */
  readonly offsetMs: number
}

/** Reads a date with or without a time. Undefined for anything else, for dates that do not exist, and outside the years 0000 to 9999. */
export function calendarOf(value: string): Written | undefined {
  if (value.length > MAX_TEXT_LENGTH) return undefined
  const text = value.trim()
  for (const pattern of [ISO, BASIC, MAIL, ASCTIME, SCRIPT]) {
    const parts = pattern.exec(text)?.groups
    if (parts) return fromParts(parts)
  }
  return undefined
}

function fromCalendar(text: string): number | undefined {
  const written = calendarOf(text)
  return written && written.ms - written.offsetMs
}

function fromParts(parts: Readonly<Record<string, string | undefined>>): Written | undefined {
  const { year, hour = '00', minute = '00', second = '00', fraction = '', zone = '' } = parts
  const day = parts.day?.padStart(2, '0')
  const utc = `${year}-${monthOf(parts.month)}-${day}T${hour}:${minute}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}Z`
  const ms = Date.parse(utc)
  const offsetMs = offsetOf(zone)
  // Writing it back shows the dates that do not exist: 30 February would come back as 2 March.
  if (Number.isNaN(ms) || offsetMs === undefined || new Date(ms).toISOString() !== utc) return undefined
  return { ms, offsetMs, nanos: Number(fraction.slice(3, 9).padEnd(6, '0')) }
}

function monthOf(text = ''): string {
  if (/^\d\d$/.test(text)) return text
  return String(MONTHS.indexOf(text.toLowerCase()) + 1).padStart(2, '0')
}

function inRange(at: number | undefined): number | undefined {
  return at !== undefined && at >= FIRST_MS && at <= LAST_MS ? at : undefined
}
