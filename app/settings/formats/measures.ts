/** Durations and sizes, with their units. */
import { type Format, format, refuse } from '../format.ts'
import { isOff } from './basic.ts'

const MILLISECONDS = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
])
/** As in JSON Schema: the usual spelling of a duration or of a size; a bare number may be one, too. */
const DURATION_SCHEMA = {
  type: ['string', 'number'],
  pattern: '^ *[0-9]+(\\.[0-9]+)? *(ms|s|m|h|d)? *$|^(off|none|auto)$',
  minimum: 0,
}
const SIZE_SCHEMA = { type: ['string', 'number'], pattern: '^ *[0-9]+(\\.[0-9]+)? *([kKMGT]i?)?B? *$', minimum: 0 }
/** Timers of Node fire at once beyond this many milliseconds (24.8 days). */
const MOST_DURATION_MS = 2 ** 31 - 1

interface DurationRules {
  /** `0`, `off` and `none` are taken, and mean 0. */
  readonly zero?: boolean
  /** Shortest and longest duration in milliseconds; 1 and 2^31 - 1 if not given. */
  readonly min?: number
  readonly max?: number
  /** False if other programs read a bare number in another unit than seconds: then only 0 may lack a unit. */
  readonly bare?: boolean
}

/** A duration; the value is whole milliseconds. */
export function duration({
  zero = false,
  min = 1,
  max = MOST_DURATION_MS,
  bare = true,
}: DurationRules = {}): Format<number, 'Ms'> {
  const examples = bare
    ? 'such as 500ms, 30s or just 30, 2m, 1h or 1d'
    : 'with its unit, such as 500ms, 30s, 2m, 1h or 1d'
  const expects = `a duration ${examples}${zero ? ', or off' : ''}`
  const outside = `must be between ${min}ms and ${max}ms${zero ? ', or off' : ''}`
  const read = (given: string): number | undefined => {
    const amount = zero && isOff(given) ? 0 : milliseconds(given, bare)
    if (amount === undefined || (amount === 0 && zero)) return amount
    const value = Math.round(amount)
    return value >= min && value <= max ? value : refuse(outside)
  }
  return format(expects, read, { unit: 'Ms', schema: DURATION_SCHEMA })
}

/** A bare 0 needs no unit. */
function milliseconds(given: string, bare: boolean): number | undefined {
  const [, digits, written] = /^(\d{1,15}(?:\.\d{1,9})?)\s*(ms|s|m|h|d)?$/.exec(given.trim().toLowerCase()) ?? []
  if (digits === undefined) return undefined
  const unit = written ?? (bare ? 's' : undefined)
  if (unit === undefined) return Number(digits) === 0 ? 0 : undefined
  const factor = MILLISECONDS.get(unit)
  return factor === undefined ? undefined : Number(digits) * factor
}

/** As `of`, with undefined for 0 and `off`. */
export function limit<T, U extends string>(of: Format<T, U>): Format<T | undefined, U> {
  return { ...of, parse: (text) => of.parse(text) || undefined }
}

const UNITS = 'KMGT'

/** A number of bytes in [min, max]: bare, or in kB, MB, GB, TB (powers of 1000) or KiB, MiB, GiB, TiB (powers of 1024). */
export function size(min: number, max: number): Format<number, ''> {
  const read = (given: string): number | undefined => {
    const [, digits, prefix, binary] = /^(\d{1,15}(?:\.\d{1,9})?)\s*(?:([KMGT])(i?))?B?$/i.exec(given.trim()) ?? []
    if (digits === undefined) return undefined
    const power = prefix ? UNITS.indexOf(prefix.toUpperCase()) + 1 : 0
    const value = Math.round(Number(digits) * (binary ? 1024 : 1000) ** power)
    return value >= min && value <= max ? value : refuse(`must be between ${min} and ${max} bytes`)
  }
  return format('a size such as 64KiB, 1MiB, 10MB or a bare number of bytes', read, { schema: SIZE_SCHEMA })
}
