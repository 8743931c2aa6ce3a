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

/** The exact value of a double, halfway to the next one, or next to either. */
function aroundDouble(random: Random): string {
  const bits = BigInt(random(2 ** 31)) * 2n ** 32n + BigInt(random(2 ** 31)) * 2n
  const exponent = BigInt(random(2) === 0 ? 1023 + random(120) - 20 : random(2046))
  const mantissa = bits & (2n ** 52n - 1n)
  const view = new BigUint64Array([(exponent << 52n) | mantissa])
  const double = new Float64Array(view.buffer)[0] ?? 0
  return around(double, 2n ** 54n, random)
}

function aroundFloat(random: Random): string {
  const exponent = random(2) === 0 ? 127 + random(60) - 10 : random(254)
  const view = new Uint32Array([exponent * 2 ** 23 + random(2 ** 23)])
  return around(new Float32Array(view.buffer)[0] ?? 0, 2n ** 25n, random)
}

/** `steps`: so many parts of the value are half a step to the next number, or a quarter of it. */
function around(value: number, steps: bigint, random: Random): string {
  const [numerator, power] = fraction(value)
  const half = random(2) === 0 ? 0n : numerator / steps
  const nudge = pick(random, [0n, 0n, 1n, -1n])
  const scaled = (numerator + half) * 10n ** 3n + nudge
  const exact = decimal(scaled, power, 3)
  return random(3) === 0 ? String(value) : exact
}

/** numerator / 2^power, scaled so that parts of a step are whole. */
function fraction(value: number): readonly [bigint, number] {
  let [whole, power] = [value, 0]
  for (; !Number.isInteger(whole); power++) whole *= 2
  return [BigInt(whole) * 2n ** 60n, power + 60]
}

/** numerator / 2^power / 10^shift as a decimal number. */
function decimal(numerator: bigint, power: number, shift: number): string {
  const places = power + shift
  const text = (numerator * 5n ** BigInt(power)).toString().padStart(places + 1, '0')
  const cut = `${text.slice(0, -places)}.${text.slice(-places)}`.replace(/\.?0+$/, '')
  return cut.length > 900 ? `${cut.slice(0, 900)}1` : cut
}

function nearby(number: bigint, random: Random): string {
  return (number + BigInt(random(7) - 3)).toString()
}

/** One of them. */
export function pick<T>(random: Random, from: readonly T[]): T {
  return from[random(from.length)] as T
}
