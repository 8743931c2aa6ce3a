/** The numbers of documents in Avro's four number types: exact, or refused. docs/numbers.md has the rule in words. */
import { decimalOf, wholeDigits } from '../lib/decimal.ts'
import { ExactNumber, numberText } from '../lib/json-value.ts'
import { exactDigits, isHalfway, isShortestText, nearestFloat } from './float.ts'

/** Most digits of a whole number in a long, and in a double. */
const LONG_DIGITS = 19
const DOUBLE_DIGITS = 309
const LONG_BITS = 64

/** The whole number that a long can hold; undefined for any other value. */
export function longOf(value: unknown): bigint | undefined {
  const digits = wholeText(value)
  if (digits === undefined) return undefined
  const whole = BigInt(digits)
  return BigInt.asIntN(LONG_BITS, whole) === whole ? whole : undefined
}

/** The double for a number; undefined for one that it cannot hold, and for anything that is no number. */
export function doubleOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  if (!(value instanceof ExactNumber)) return undefined
  const double = Number(value.text)
  // A plain 0 is a number of its own; this one became 0.
  if (double === 0 || !Number.isFinite(double)) return undefined
  const decimal = decimalOf(value.text)
  const digits = decimal && wholeDigits(decimal, DOUBLE_DIGITS)
  // Undefined for a fraction.
  return digits === undefined || digits === exactDigits(double) ? double : undefined
}

/** The float for a number, as a double of that value; undefined for one that it cannot hold, and for anything that is no number. */
export function floatOf(value: unknown): number | undefined {
  if (typeof value === 'number' && isSettled(value)) return settled(Math.fround(value), value === 0)
  const text = numberText(value) ?? ''
  const decimal = decimalOf(text)
  if (!decimal) return undefined
  const float = settled(nearestFloat(decimal, Number(text)), decimal.digits === '')
  if (float === undefined) return undefined
  const digits = wholeDigits(decimal, DOUBLE_DIGITS)
  if (digits === undefined || digits === exactDigits(float)) return float
  // What a JSON writer prints for it, as a double or as a float.
  return text === String(float) || isShortestText(digits, Math.abs(float)) ? float : undefined
}

/** Why a number does not fit the type with that name: a part of a sentence, without the number. */
export function numberFault(value: unknown, typeName: string): string {
  const text = numberText(value)
  const decimal = text === undefined ? undefined : decimalOf(text)
  if (typeName === 'int' || typeName === 'long') {
    if (decimal && decimal.exponent < 0) return `a number with a fraction where the schema wants ${typeName}`
    return `a number beyond what ${typeName} can hold`
  }
  const nearest = typeName === 'float' ? Math.fround(Number(text)) : Number(text)
  if (nearest === 0) return `a number so small that it would become 0 as ${typeName}`
  return Number.isFinite(nearest)
    ? `a whole number that ${typeName} can only hold rounded`
    : `a number beyond what ${typeName} can hold`
}

/** Whether rounding twice is right, and not forbidden, as for most doubles. */
function isSettled(double: number): boolean {
  return Math.fround(double) === double || (!Number.isInteger(double) && !isHalfway(double))
}

/** A float that says what it should: neither infinite nor a number that became 0. */
function settled(float: number, isZero: boolean): number | undefined {
  return Number.isFinite(float) && (float !== 0 || isZero) ? float : undefined
}

/** A whole number of at most 19 digits with its sign; undefined for any other value. */
function wholeText(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isInteger(value) && Math.abs(value) < 1e19 ? String(value) : undefined
  const decimal = value instanceof ExactNumber ? decimalOf(value.text) : undefined
  const digits = decimal && wholeDigits(decimal, LONG_DIGITS)
  return digits === undefined ? undefined : `${decimal?.negative ? '-' : ''}${digits}`
}
