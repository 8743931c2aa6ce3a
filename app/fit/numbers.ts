/** Converts numbers of documents to Avro's number types, exactly or not at all. docs/numbers.md states the rules. */
import { decimalOf, wholeDigits } from '../lib/decimal.ts'
import { ExactNumber, numberText } from '../lib/json-value.ts'
import { exactDigits, isHalfway, isShortestText, nearestFloat } from './float.ts'

/** Most digits of a whole number in a long, and in a double. */
export const LONG_DIGITS = 19
const DOUBLE_DIGITS = 309
const LONG_BITS = 64

/** Returns a whole number within 64 bits, otherwise undefined. */
export function longOf(value: unknown): bigint | undefined {
  const digits = wholeText(value)
  if (digits === undefined) return undefined
  const whole = BigInt(digits)
  return BigInt.asIntN(LONG_BITS, whole) === whole ? whole : undefined
}

/** Returns the double for a number. Undefined if the rules refuse the number, and for other values. */
export function doubleOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  if (!(value instanceof ExactNumber)) return undefined
  const double = Number(value.text)
  // Underflow: a real zero is a plain number.
  if (double === 0 || !Number.isFinite(double)) return undefined
  const decimal = decimalOf(value.text)
  const digits = decimal && wholeDigits(decimal, DOUBLE_DIGITS)
  // Undefined for a fraction.
  return digits === undefined || digits === exactDigits(double) ? double : undefined
}

/** Returns the float for a number, as a JavaScript number. Undefined if the rules refuse the number, and for other values. */
export function floatOf(value: unknown): number | undefined {
  if (typeof value === 'number' && isSettled(value)) return inFloatRange(Math.fround(value), value === 0)
  const text = numberText(value) ?? ''
  const decimal = decimalOf(text)
  if (!decimal) return undefined
  const float = inFloatRange(nearestFloat(decimal, Number(text)), decimal.digits === '')
  if (float === undefined) return undefined
  const digits = wholeDigits(decimal, DOUBLE_DIGITS)
  if (digits === undefined || digits === exactDigits(float)) return float
  // JSON writers print a float as the shortest text of the float, or of the same value as a double.
  return text === String(float) || isShortestText(digits, Math.abs(float)) ? float : undefined
}

/** Describes why a number does not fit the type `typeName`, without the number itself. */
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

/** Whether `Math.fround` gives the right float: the double is a float, or a fraction away from the middle of two floats. */
function isSettled(double: number): boolean {
  return Math.fround(double) === double || (!Number.isInteger(double) && !isHalfway(double))
}

/** Rejects overflow and underflow. */
function inFloatRange(float: number, isZero: boolean): number | undefined {
  return Number.isFinite(float) && (float !== 0 || isZero) ? float : undefined
}

/** Returns sign and digits of a whole number of at most 19 digits, otherwise undefined. */
function wholeText(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isInteger(value) && Math.abs(value) < 1e19 ? String(value) : undefined
  const decimal = value instanceof ExactNumber ? decimalOf(value.text) : undefined
  const digits = decimal && wholeDigits(decimal, LONG_DIGITS)
  return digits === undefined ? undefined : `${decimal?.negative ? '-' : ''}${digits}`
}
