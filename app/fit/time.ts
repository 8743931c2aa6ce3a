/** Logical types for times on int and long: a number in the type's own unit, or text. */
import { decimalOf } from '../lib/decimal.ts'
import { calendarOf, unixPower } from '../lib/instant.ts'
import { numberText } from '../lib/json-value.ts'
import { Leaf } from './node.ts'
import { LONG_DIGITS, longOf } from './numbers.ts'
import { type Tap, writeLong } from './tap.ts'

/** The unit of numbers in time fields: seconds, milliseconds, microseconds, nanoseconds, or `auto` by their size. */
export type TimeUnit = 's' | 'ms' | 'us' | 'ns' | 'auto'

/** What a logical type counts. `power`: units per second as a power of ten; undefined for days. */
interface TimeShape {
  readonly power: number | undefined
  readonly from: 'epoch' | 'local' | 'midnight'
}

/** By logical type. */
const SHAPES: Readonly<Record<string, TimeShape & { readonly type: 'int' | 'long' }>> = {
  date: { type: 'int', power: undefined, from: 'local' },
  'time-millis': { type: 'int', power: 3, from: 'midnight' },
  'time-micros': { type: 'long', power: 6, from: 'midnight' },
  'timestamp-millis': { type: 'long', power: 3, from: 'epoch' },
  'timestamp-micros': { type: 'long', power: 6, from: 'epoch' },
  'timestamp-nanos': { type: 'long', power: 9, from: 'epoch' },
  'local-timestamp-millis': { type: 'long', power: 3, from: 'local' },
  'local-timestamp-micros': { type: 'long', power: 6, from: 'local' },
  'local-timestamp-nanos': { type: 'long', power: 9, from: 'local' },
}

const UNIT_POWERS = { s: 0, ms: 3, us: 6, ns: 9 } as const
const DAY_MS = 86_400_000
const NANOS_PER_MS = 1_000_000n
const NANOS_POWER = 9
const CLOCK = /^(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?$/

/** Creates the node of a logical type on `type`; undefined for other logical types. */
export function timeNode(
  type: string,
  logicalType: unknown,
  unit: TimeUnit | undefined,
  converts: boolean,
): TimeNode | undefined {
  if (typeof logicalType !== 'string' || !Object.hasOwn(SHAPES, logicalType)) return undefined
  const shape = SHAPES[logicalType]
  return shape?.type === type ? new TimeNode(logicalType, shape, unit, converts) : undefined
}

/** Finer times are cut off to the type's unit, towards the past. */
export class TimeNode extends Leaf<number | bigint> {
  readonly name: string
  readonly branch: string
  readonly kind = 'number'
  readonly #shape: TimeShape
  readonly #isInt: boolean
  /** Undefined: numbers have the unit of the type. */
  readonly #unit: TimeUnit | undefined

  constructor(
    name: string,
    shape: TimeShape & { readonly type: 'int' | 'long' },
    unit: TimeUnit | undefined,
    converts: boolean,
  ) {
    super(converts)
    this.name = name
    this.branch = shape.type
    this.#shape = shape
    this.#isInt = shape.type === 'int'
    this.#unit = shape.power === undefined || shape.from === 'midnight' ? undefined : unit
  }

  protected taken(value: unknown): number | bigint | undefined {
    if (this.#unit !== undefined) return undefined
    return this.#within(Number.isSafeInteger(value) ? (value as number) : longOf(value))
  }

  protected override converted(value: unknown): number | bigint | undefined {
    const text = numberText(value) ?? (typeof value === 'string' ? value : undefined)
    if (text === undefined) return undefined
    return this.#within(decimalOf(text) ? this.#fromNumber(text) : this.#fromText(text))
  }

  protected put(tap: Tap, read: number | bigint): void {
    writeLong(tap, read)
  }

  #within(value: number | bigint | undefined): number | bigint | undefined {
    if (value === undefined) return undefined
    if (this.#isInt) return value >= -(2 ** 31) && value < 2 ** 31 ? Number(value) : undefined
    return typeof value === 'number' || BigInt.asIntN(64, value) === value ? value : undefined
  }

  #fromNumber(text: string): bigint | undefined {
    const { power } = this.#shape
    if (power === undefined || this.#unit === undefined) return scaled(text, 0)
    const decimal = decimalOf(text)
    const from = this.#unit === 'auto' ? decimal && unixPower(decimal) : UNIT_POWERS[this.#unit]
    return from === undefined ? undefined : scaled(text, power - from)
  }

  #fromText(text: string): bigint | undefined {
    const { power, from } = this.#shape
    if (from === 'midnight') return sinceMidnight(text, power ?? 0)
    const written = calendarOf(text)
    if (!written) return undefined
    const ms = from === 'epoch' ? written.ms - written.offsetMs : written.ms
    if (power === undefined) return BigInt(Math.floor(ms / DAY_MS))
    const nanos = BigInt(ms) * NANOS_PER_MS + BigInt(written.nanos)
    return floorDivided(nanos, 10n ** BigInt(NANOS_POWER - power))
  }
}

/** The number times ten to the power, cut off towards the past; undefined beyond 19 digits. */
function scaled(text: string, power: number): bigint | undefined {
  const decimal = decimalOf(text)
  if (!decimal) return undefined
  const { digits, negative } = decimal
  const exponent = decimal.exponent + power
  if (digits === '') return 0n
  if (digits.length + exponent > LONG_DIGITS) return undefined
  const kept = exponent >= 0 ? digits + '0'.repeat(exponent) : digits.slice(0, Math.max(0, digits.length + exponent))
  const whole = BigInt(kept === '' ? '0' : kept)
  if (!negative) return whole
  // The last digit is never zero, therefore digits were cut off.
  return exponent < 0 ? -whole - 1n : -whole
}

function sinceMidnight(text: string, power: number): bigint | undefined {
  const [, hours, minutes, seconds = '00', fraction = ''] = CLOCK.exec(text) ?? []
  if (hours === undefined || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined
  const whole = Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)
  return BigInt(`${whole}${fraction.slice(0, power).padEnd(power, '0')}`)
}

function floorDivided(value: bigint, by: bigint): bigint {
  const quotient = value / by
  return value < 0n && quotient * by !== value ? quotient - 1n : quotient
}
