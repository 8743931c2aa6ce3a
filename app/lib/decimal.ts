/** Decimal numbers as digits and exponent. Nothing is rounded, and the work is linear in the length of the text. */

/** The number `digits` × 10^`exponent`. The digits have no leading or trailing zeros; zero has none at all. */
export interface Decimal {
  readonly negative: boolean
  readonly digits: string
  readonly exponent: number
}

const DECIMAL_NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?)(\d+))?$/
/** Most digits of an exponent. Sums of such exponents and text lengths are safe integers. */
const MOST_EXPONENT_DIGITS = 15
/** Most zeros that `plainText` writes before it switches to an exponent. */
const MOST_ZEROS = 100
const ZERO = 0x30

/** Parses a JSON number; leading zeros are allowed. Returns undefined for other text, and for exponents of more than 15 digits. */
export function decimalOf(text: string): Decimal | undefined {
  const [, sign, whole, fraction = '', direction, power = ''] = DECIMAL_NUMBER.exec(text) ?? []
  if (whole === undefined) return undefined
  const all = whole + fraction
  const [from, to] = [firstDigit(all), lastDigit(all)]
  if (from === all.length) return { negative: sign === '-', digits: '', exponent: 0 }
  const raised = power.slice(firstDigit(power))
  if (raised.length > MOST_EXPONENT_DIGITS) return undefined
  const exponent = (direction === '-' ? -1 : 1) * Number(raised) - fraction.length + all.length - to
  return { negative: sign === '-', digits: all.slice(from, to), exponent }
}

/** The number of digits before the decimal point; 0 or negative for numbers below 1. */
export function wholeLength({ digits, exponent }: Decimal): number {
  return digits.length + exponent
}

/** The digits of a whole number without its sign. Undefined for fractions and for more than `most` digits. */
export function wholeDigits(decimal: Decimal, most: number): string | undefined {
  const { digits, exponent } = decimal
  if (digits === '') return '0'
  if (exponent < 0 || wholeLength(decimal) > most) return undefined
  return digits + '0'.repeat(exponent)
}

/** Compares absolute values: negative if `a` is smaller, 0 if they are equal, positive if `a` is larger. */
export function compareMagnitudes(a: Decimal, b: Decimal): number {
  if (a.digits === '' || b.digits === '') return a.digits.length - b.digits.length
  const longer = wholeLength(a) - wholeLength(b)
  if (longer !== 0) return longer
  return a.digits < b.digits ? -1 : Number(a.digits > b.digits)
}

/** Whether two texts are the same decimal number. -0 equals 0. */
export function sameNumber(a: string, b: string): boolean {
  if (a === b) return true
  const [one, other] = [decimalOf(a), decimalOf(b)]
  if (!one || !other || compareMagnitudes(one, other) !== 0) return false
  return one.digits === '' || one.negative === other.negative
}

/** The canonical text of a number: all digits, and an exponent only in place of more than 100 zeros. */
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

/** The position of the first nonzero digit, or the length. */
function firstDigit(text: string): number {
  let at = 0
  while (at < text.length && text.charCodeAt(at) === ZERO) at++
  return at
}

/** The position after the last nonzero digit. */
function lastDigit(text: string): number {
  let end = text.length
  while (end > 0 && text.charCodeAt(end - 1) === ZERO) end--
  return end
}
