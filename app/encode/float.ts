/** The float nearest to a decimal number. Rounding to a double first, and then to a float, is not always the same. */
import { compareMagnitudes, type Decimal, decimalOf } from '../lib/decimal.ts'

/** Where floats end (IEEE 754, binary32). */
const BEYOND = 2 ** 128
/** For any float there is a decimal number of so many digits that reads as it. */
const MOST_DIGITS = 9

/** Whether a double, which is no float itself, may stand for decimal numbers on both sides of the middle of two floats. */
export function isHalfway(double: number): boolean {
  const other = 2 * double - finiteFloat(double)
  return Number.isFinite(double) && Math.fround(other) === other
}

/** The float nearest to `decimal`, infinite beyond the last one. `double`: the double nearest to it. */
export function nearestFloat(decimal: Decimal, double: number): number {
  const float = Math.fround(double)
  if (float === double || !isHalfway(double)) return float
  const side = compareMagnitudes(decimal, exactDecimal(Math.abs(double)))
  if (side === 0) return float
  const finite = finiteFloat(double)
  const other = 2 * double - finite
  return Math.abs(other) < Math.abs(finite) === side < 0 ? other : float
}

/** The float nearest to a double; in the place of an infinite one, where the next would be. */
function finiteFloat(double: number): number {
  const float = Math.fround(double)
  return Number.isFinite(float) ? float : Math.sign(double) * BEYOND
}

/** Whether `digits` is the shortest whole number that reads as `float`, and of several the closest. `float` is at least 2^24. */
export function isShortestText(digits: string, float: number): boolean {
  const exact = BigInt(float).toString()
  for (let kept = 1; kept <= Math.min(MOST_DIGITS, exact.length); kept++) {
    const near = around(exact, kept).filter((text) => reads(text) === float)
    if (near.length > 0) return closest(near, BigInt(exact)).includes(digits)
  }
  return false
}

/** The two numbers around `exact` with zeros behind the first `kept` digits. */
function around(exact: string, kept: number): string[] {
  const lower = BigInt(exact.slice(0, kept))
  return [lower, lower + 1n].map((start) => `${start}${'0'.repeat(exact.length - kept)}`)
}

function reads(digits: string): number | undefined {
  const decimal = decimalOf(digits)
  return decimal && nearestFloat(decimal, Number(digits))
}

function closest(texts: readonly string[], to: bigint): readonly string[] {
  const distance = (text: string): bigint => (BigInt(text) > to ? BigInt(text) - to : to - BigInt(text))
  return texts.filter((text) => texts.every((each) => distance(text) <= distance(each)))
}

/** The exact value of a double that is not negative. */
function exactDecimal(double: number): Decimal {
  let whole = double
  let halvings = 0
  for (; !Number.isInteger(whole); whole *= 2) halvings++
  const digits = BigInt(whole) * 5n ** BigInt(halvings)
  return decimalOf(`${digits}e-${halvings}`) as Decimal
}
