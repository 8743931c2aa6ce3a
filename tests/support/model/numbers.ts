/** JSON numbers where readers and writers of Avro go wrong. */
import { digits, type Random } from '../random.ts'

const POWERS = [24, 31, 32, 52, 53, 54, 62, 63, 64, 100, 127, 128].map((power) => 2n ** BigInt(power))
const TENS = [6, 7, 9, 15, 16, 17, 18, 19, 21, 22, 23, 38, 39].map((power) => 10n ** BigInt(power))
const ENDS = [
  '',
  '',
  '',
  '.0',
  '.000',
  'e0',
  'E+00',
  '.4',
  '.5',
  '.50000000000000000001',
  '.99999999999999999999',
  'e-1',
  'e1',
]
const EDGES = [
  ...['0', '0.0', '0e400', '0E-400', '0.00000000000000000000', '0e99999999999999999999'],
  ...[
    '1e-400',
    '5e-324',
    '4.9e-324',
    '2.4703282292062328e-324',
    '2.4703282292062327e-324',
    '1e-320',
    '2.2250738585072014e-308',
  ],
  ...['1e-45', '7e-46', '7.1e-46', '1.4e-45', '1.1754943508222875e-38'],
  ...[
    '1e400',
    '1e9999999999999999999',
    '1.7976931348623157e308',
    '1.7976931348623159e308',
    '1e308',
    '3.4028234663852886e38',
  ],
  ...[
    '3.4028235e38',
    '3.4028235677973366e38',
    '340282356779733661637539395458142568447',
    '1e39',
    '1e18',
    '1e19',
    '1e-7',
  ],
  ...['16777217', '123456789', '123456790', '1152921504606846976', '1152921504606847000', '9007199254741e5', '0.1'],
]

/** Of a number, so that the model's reader of JSON takes it. */
const MOST_CHARACTERS = 900

/** A number without regard to what could hold it. */
export function hostileNumber(random: Random): string {
  const sign = random(3) === 0 ? '-' : ''
  switch (random(7)) {
    case 0:
      return sign + pick(random, EDGES)
    case 1:
      return sign + nearby(pick(random, [...POWERS, ...TENS]), random) + pick(random, ENDS)
    case 2:
      return sign + spelt(random)
    case 3:
      return sign + aroundDouble(random)
    case 4:
      return sign + aroundFloat(random)
    case 5:
      return `${sign}${digits(random, 40).replace(/^0+(?=\d)/, '')}${pick(random, ENDS)}`
    default:
      return sign + String(Number(`${digits(random, 17)}e${random(40) - 20}`))
  }
}

/** One that fits an Avro type, mostly as JSON writers print it. */
export function tameNumber(type: string, random: Random): string {
  const sign = random(2) === 0 ? '-' : ''
  if (type === 'int') return sign + String(random(2 ** 31))
  if (type === 'long') return sign + (BigInt(random(2 ** 31)) * BigInt(random(2 ** 31)) + BigInt(random(9))).toString()
  const double = (random(2 ** 31) - 2 ** 30) / 2 ** random(50)
  return String(type === 'float' ? Math.fround(double) : double)
}

function spelt(random: Random): string {
  const whole = digits(random, 17).replace(/^0+(?=\d)/, '')
  const fraction = random(2) === 0 ? '' : `.${digits(random, 17)}`
  return `${whole}${fraction}${pick(random, ['e', 'E'])}${pick(random, ['', '+', '-'])}${random(random(2) === 0 ? 30 : 420)}`
}

function aroundDouble(random: Random): string {
  const exponent = BigInt(random(2) === 0 ? 1003 + random(120) : random(2046))
  const bits = (exponent << 52n) | (BigInt(random(2 ** 26)) << 26n) | BigInt(random(2 ** 26))
  const [low = 0, high = 0] = new Float64Array(new BigUint64Array([bits, bits + 1n]).buffer)
  return between(low, high, random)
}

function aroundFloat(random: Random): string {
  const exponent = random(2) === 0 ? 117 + random(60) : random(254)
  const bits = exponent * 2 ** 23 + random(2 ** 23)
  const [low = 0, high = 0] = new Float32Array(new Uint32Array([bits, bits + 1]).buffer)
  return between(low, high, random)
}

/** The exact decimal text of one of two neighbours, of the middle between them, or a little beside it. */
function between(low: number, high: number, random: Random): string {
  if (random(4) === 0) return String(low)
  const [one, other] = [halved(low), halved(high)]
  const power = Math.max(one.power, other.power) + 1
  const [from, to] = [one, other].map((each) => each.whole * 2n ** BigInt(power - each.power)) as [bigint, bigint]
  const middle = pick(random, [from, (from + to) / 2n])
  const places = power + 3
  const nudged = middle * 5n ** BigInt(power) * 1000n + pick(random, [0n, 0n, 1n, -1n])
  const text = nudged.toString().padStart(places + 1, '0')
  const exact = `${text.slice(0, -places)}.${text.slice(-places)}`.replace(/\.?0+$/, '')
  return exact.length > MOST_CHARACTERS ? String(low) : exact
}

/** The number as whole / 2^power. */
function halved(value: number): { readonly whole: bigint; readonly power: number } {
  let [whole, power] = [value, 0]
  for (; !Number.isInteger(whole); power++) whole *= 2
  return { whole: BigInt(whole), power }
}

function nearby(number: bigint, random: Random): string {
  return (number + BigInt(random(7) - 3)).toString()
}

/** One of them. */
export function pick<T>(random: Random, from: readonly T[]): T {
  return from[random(from.length)] as T
}
