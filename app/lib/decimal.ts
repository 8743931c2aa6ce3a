/** Decimal numbers by the digits of their text: nothing is rounded, and no work grows faster than the text. */

/** `digits` × 10^`exponent`. The digits neither begin nor end with 0; those of zero are empty. */
export interface Decimal {
  readonly negative: boolean
  readonly digits: string
  readonly exponent: number
}

const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?)(\d+))?$/
/** Longest exponent that is read, in digits: sums of such exponents and of text lengths are exact. */
const EXPONENT_DIGITS = 15
/** Most zeros that `plainText` fills in. */
const MOST_ZEROS = 100
const ZERO = 0x30

/** Reads a number as JSON writes it (leading zeros are allowed). Undefined for anything else, and for exponents of more than 15 digits. */
export function decimalOf(text: string): Decimal | undefined {
  const [, sign, whole, fraction = '', direction, power = ''] = NUMBER.exec(text) ?? []
  if (whole === undefined) return undefined
  const all = whole + fraction
  const [from, to] = [firstDigit(all), lastDigit(all)]
  if (from === all.length) return { negative: sign === '-', digits: '', exponent: 0 }
  const raised = power.slice(firstDigit(power))
  if (raised.length > EXPONENT_DIGITS) return undefined
  const exponent = (direction === '-' ? -1 : 1) * Number(raised) - fraction.length + all.length - to
  return { negative: sign === '-', digits: all.slice(from, to), exponent }
}

/** How many digits stand before the decimal point; 0 or less for a number below 1. */
export function wholeLength({ digits, exponent }: Decimal): number {
  return digits.length + exponent
}

/** The digits of a whole number, without its sign. Undefined for a fraction, and where there are more than `most`. */
export function wholeDigits(decimal: Decimal, most: number): string | undefined {
  const { digits, exponent } = decimal
  if (digits === '') return '0'
  if (exponent < 0 || wholeLength(decimal) > most) return undefined
  return digits + '0'.repeat(exponent)
}

/** Less than, equal to or greater than 0, as the absolute value of `a` compares with that of `b`. */
export function compareMagnitudes(a: Decimal, b: Decimal): number {
  if (a.digits === '' || b.digits === '') return a.digits.length - b.digits.length
  const longer = wholeLength(a) - wholeLength(b)
  if (longer !== 0) return longer
  return a.digits < b.digits ? -1 : Number(a.digits > b.digits)
}

/** Whether two texts say the same number; -0 is 0. */
export function sameNumber(a: string, b: string): boolean {
  if (a === b) return true
  const [one, other] = [decimalOf(a), decimalOf(b)]
  if (!one || !other || compareMagnitudes(one, other) !== 0) return false
  return one.digits === '' || one.negative === other.negative
}

/** One text for each number, with all of its digits; with an exponent where more than 100 zeros would have to be filled in. */
export function plainText({ negative, digits, exponent }: Decimal): string {
  const sign = negative && digits !== '' ? '-' : ''
  const point = digits.length + exponent
  if (digits === '') return '0'
  if (exponent > MOST_ZEROS || point < -MOST_ZEROS) return sign + scientific(digits, point - 1)
  if (exponent >= 0) return sign + digits + '0'.repeat(exponent)
  if (point > 0) return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`
  return `${sign}0.${'0'.repeat(-point)}${digits}`
}

function scientific(digits: string, exponent: number): string {
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : ''
  return `${digits[0]}${fraction}e${exponent < 0 ? '' : '+'}${exponent}`
}

/** Where the first digit other than 0 is; the length where there is none. */
function firstDigit(text: string): number {
  let at = 0
  while (at < text.length && text.charCodeAt(at) === ZERO) at++
  return at
}

/** Behind the last digit other than 0. */
function lastDigit(text: string): number {
  let end = text.length
  while (end > 0 && text.charCodeAt(end - 1) === ZERO) end--
  return end
}
