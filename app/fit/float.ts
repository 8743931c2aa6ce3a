/** Conversion of decimal numbers to floats with one rounding. Rounding to a double first can give a different float. */
import { compareMagnitudes, type Decimal, decimalOf } from '../lib/decimal.ts'

/** Upper bound of floats (IEEE 754, binary32). */
const BEYOND = 2 ** 128
/** Every float can be written with this many digits. */
const MOST_FLOAT_DIGITS = 9

/** Whether a double is halfway between two floats. The decimal number may then lie on either side. */
export function isHalfway(double: number): boolean {
  if (!Number.isFinite(double) || Math.fround(double) === double) return false
  const other = 2 * double - finiteFloat(double)
  return Math.fround(other) === other
}

/** The float nearest to `decimal`, or infinity. `double`: the double nearest to `decimal`. */
export function nearestFloat(decimal: Decimal, double: number): number {
  const float = Math.fround(double)
  if (!isHalfway(double)) return float
  const side = compareMagnitudes(decimal, exactDecimal(Math.abs(double)))
  if (side === 0) return float
  const finite = finiteFloat(double)
  const other = 2 * double - finite
  return Math.abs(other) < Math.abs(finite) === side < 0 ? other : float
}

/** The float nearest to a double. Beyond the largest float, the next value that would follow. */
function finiteFloat(double: number): number {
  const float = Math.fround(double)
  return Number.isFinite(float) ? float : Math.sign(double) * BEYOND
}

/**
 * Whether `digits` is the shortest whole number that reads as `float`, and the closest among equally short numbers.
 * `float` is at least 2^24.
 */
export function isShortestText(digits: string, float: number): boolean {
  if (float < Number.MAX_SAFE_INTEGER / 2) return isShortestNumber(Number(digits), float)
  const exact = exactDigits(float)
  const kept = digits.replace(/0{1,40}$/, '').length
  if (kept > Math.min(MOST_FLOAT_DIGITS, exact.length)) return false
  if (kept > 1 && around(exact, kept - 1).some((text) => reads(text) === float)) return false
  const near = around(exact, kept).filter((text) => reads(text) === float)
  return near.includes(digits) && (near.length === 1 || isClosest(digits, near, BigInt(exact)))
}

/** `isShortestText` for numbers that doubles represent exactly. Faster, because an upstream may send many. */
function isShortestNumber(number: number, float: number): boolean {
  let unit = 1
  while (number % (unit * 10) === 0) unit *= 10
  const reading = (step: number): number[] => {
    const lower = float - (float % step)
    return [lower, lower + step].filter((each) => Math.fround(each) === float)
  }
  if (reading(unit * 10).length > 0) return false
  const near = reading(unit)
  return near.includes(number) && near.every((each) => Math.abs(number - float) <= Math.abs(each - float))
}

/** The two numbers around `exact` with zeros after the first `kept` digits. */
function around(exact: string, kept: number): string[] {
  const lower = Number(exact.slice(0, kept))
  const zeros = '0'.repeat(exact.length - kept)
  return [`${lower}${zeros}`, `${lower + 1}${zeros}`]
}

function reads(digits: string): number {
  const double = Number(digits)
  return isHalfway(double) ? nearestFloat(decimalOf(digits) as Decimal, double) : Math.fround(double)
}

function isClosest(digits: string, among: readonly string[], to: bigint): boolean {
  const distance = (text: string): bigint => (BigInt(text) > to ? BigInt(text) - to : to - BigInt(text))
  return among.every((text) => distance(digits) <= distance(text))
}

/** All digits of a whole double, without its sign. */
export function exactDigits(whole: number): string {
  const size = Math.abs(whole)
  return size <= Number.MAX_SAFE_INTEGER ? String(size) : BigInt(size).toString()
}

/** The exact value of a non-negative double. */
function exactDecimal(double: number): Decimal {
  let whole = double
  let halvings = 0
  for (; !Number.isInteger(whole); whole *= 2) halvings++
  const digits = BigInt(whole) * 5n ** BigInt(halvings)
  return decimalOf(`${digits}e-${halvings}`) as Decimal
}
