/** Sequence numbers with exact arithmetic up to 2^63 - 1, the range of the gap record's fields. */
import { decimalOf, wholeDigits } from '../lib/decimal.ts'
import { numberText } from '../lib/json-value.ts'

/** A whole number from 0 to 2^63 - 1. It is a bigint only above 2^53 - 1, so equal numbers are always `===`. */
export type Whole = number | bigint

const MOST = 2n ** 63n - 1n
const MOST_DIGITS = 19
/** Longest text that is read as a number, in characters. */
const MAX_LENGTH = 40

/** Converts a number or its decimal text. Returns undefined for other values and other numbers. */
export function wholeOf(value: unknown): Whole | undefined {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number
  const decimal = decimalOf((typeof value === 'string' ? ofString(value) : numberText(value)) ?? '')
  const digits = decimal && wholeDigits(decimal, MOST_DIGITS)
  if (digits === undefined || (decimal?.negative && digits !== '0')) return undefined
  const big = BigInt(digits)
  return big > MOST ? undefined : plain(big)
}

/** The number of values from `from` to `to`, both included. */
export function count(from: Whole, to: Whole): number {
  return typeof from === 'number' && typeof to === 'number' ? to - from + 1 : Number(BigInt(to) - BigInt(from) + 1n)
}

export function next(number: Whole): Whole {
  return plain(BigInt(number) + 1n)
}

export function previous(number: Whole): Whole {
  return plain(BigInt(number) - 1n)
}

export function isNext(number: Whole, after: Whole): boolean {
  return typeof after === 'number' ? number === after + 1 || number === next(after) : number === after + 1n
}

function ofString(text: string): string | undefined {
  return text.length <= MAX_LENGTH ? text.trim() : undefined
}

function plain(big: bigint): Whole {
  return big <= Number.MAX_SAFE_INTEGER ? Number(big) : big
}
