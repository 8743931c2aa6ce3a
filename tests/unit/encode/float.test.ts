/** The nearest float, compared with exact fractions of bigints. */
import { describe, expect, it } from '@jest/globals'
import { isShortestText, nearestFloat } from '../../../app/fit/float.ts'
import { type Decimal, decimalOf } from '../../../app/lib/decimal.ts'
import { seeded } from '../../support/random.ts'

/** numerator / denominator */
type Fraction = readonly [bigint, bigint]

function fractionOf(text: string): Fraction {
  const { digits, exponent } = decimalOf(text) as Decimal
  const value = BigInt(digits || '0')
  return exponent < 0 ? [value, 10n ** BigInt(-exponent)] : [value * 10n ** BigInt(exponent), 1n]
}
/** Of a float that is not negative. */
function fractionOfFloat(float: number): Fraction {
  const bits = new Uint32Array(new Float32Array([float]).buffer)[0] ?? 0
  const [power, mantissa] = [bits >>> 23, bits & 0x7fffff]
  const whole = BigInt(power === 0 ? mantissa : mantissa | 0x800000)
  const shift = BigInt(Math.max(power, 1) - 150)
  return shift < 0n ? [whole, 2n ** -shift] : [whole * 2n ** shift, 1n]
}
function distance([a, b]: Fraction, [c, d]: Fraction): Fraction {
  const difference = a * d - c * b
  return [difference < 0n ? -difference : difference, b * d]
}
const isLess = ([a, b]: Fraction, [c, d]: Fraction): boolean => a * d < c * b

/** By comparing all three candidates around the guess. */
function exactlyNearest(text: string): number {
  const bits = new Uint32Array(new Float32Array([Number(text)]).buffer)[0] ?? 0
  const candidates = [bits - 1, bits, bits + 1].filter((each) => each >= 0 && each < 0x7f800000)
  const floats = candidates.map((each) => new Float32Array(new Uint32Array([each]).buffer)[0] as number)
  const value = fractionOf(text)
  const isEven = (float: number): boolean => ((new Uint32Array(new Float32Array([float]).buffer)[0] ?? 0) & 1) === 0
  return floats.reduce((best, each) => {
    const [one, other] = [distance(value, fractionOfFloat(best)), distance(value, fractionOfFloat(each))]
    if (isLess(other, one)) return each
    return !isLess(one, other) && isEven(each) ? each : best
  })
}

const random = seeded(11)
const floatOfBits = (bits: number): number => new Float32Array(new Uint32Array([bits]).buffer)[0] as number

describe('the nearest float', () => {
  it('is right around the middle of any two floats', () => {
    for (let i = 0; i < 1_000; i++) {
      const bits = random(0x7f7fffff)
      const middle = (floatOfBits(bits) + floatOfBits(bits + 1)) / 2
      const [n, d] = [fractionOfFloat(floatOfBits(bits)), fractionOfFloat(floatOfBits(bits + 1))]
      // Exactly: (n/d + m/e) / 2 as a decimal, which it always is.
      const exact = decimalText(n[0] * d[1] + d[0] * n[1], 2n * n[1] * d[1])
      for (const text of [
        exact,
        `${exact}1`,
        below(exact),
        String(middle),
        middle.toPrecision(17),
        middle.toPrecision(15),
      ]) {
        const decimal = decimalOf(text) as Decimal
        expect([text, nearestFloat(decimal, Number(text))]).toEqual([text, exactlyNearest(text)])
      }
    }
  })

  it('is right for any decimal number', () => {
    for (let i = 0; i < 1_000; i++) {
      const text = `${random(1e9)}${random(1e9)}e${random(90) - 60}`
      if (Number(text) > 3.4e38) continue
      expect([text, nearestFloat(decimalOf(text) as Decimal, Number(text))]).toEqual([text, exactlyNearest(text)])
    }
  })

  it('is infinite from halfway behind the last one', () => {
    const half = 2n ** 128n - 2n ** 103n
    for (const [text, expected] of [
      [`${half}`, Number.POSITIVE_INFINITY],
      [`${half - 1n}`, 3.4028234663852886e38],
      [`${half}.1`, Number.POSITIVE_INFINITY],
      ['1e39', Number.POSITIVE_INFINITY],
    ] as const) {
      expect(nearestFloat(decimalOf(text) as Decimal, Number(text))).toBe(expected)
      expect(nearestFloat(decimalOf(`-${text}`) as Decimal, -Number(text))).toBe(-expected)
    }
  })
})

describe('the shortest text of a float', () => {
  it('reads as the float, and no other of that length is closer', () => {
    for (let i = 0; i < 300; i++) {
      const float = floatOfBits((151 << 23) + random((254 - 151) << 23))
      const texts = shortest(float)
      const least = texts.map((text) => distanceTo(text, float)).reduce((a, b) => (b < a ? b : a))
      for (const text of texts) {
        expect([text, float, isShortestText(text, float)]).toEqual([text, float, distanceTo(text, float) === least])
      }
      const longer = texts.map((text) => text.replace(/00$/, '01'))
      expect(longer.filter((text) => !texts.includes(text) && isShortestText(text, float))).toEqual([])
    }
  })
})

/** All whole numbers with the fewest digits before zeros that read as the float. */
function shortest(float: number): string[] {
  const exact = BigInt(float).toString()
  for (let kept = 1; kept <= exact.length; kept++) {
    const around = [-1n, 0n, 1n, 2n].map((add) => BigInt(exact.slice(0, kept)) + add)
    const texts = around.map((start) => `${start}${'0'.repeat(exact.length - kept)}`)
    const right = texts.filter((text) => BigInt(text) > 0n && exactlyNearest(text) === float)
    if (right.length > 0) return right
  }
  return []
}

function distanceTo(text: string, float: number): bigint {
  const difference = BigInt(text) - BigInt(float)
  return difference < 0n ? -difference : difference
}

/** A fraction whose denominator is a power of two. */
function decimalText(numerator: bigint, denominator: bigint): string {
  let [digits, rest, power] = [numerator, denominator, 0]
  for (; rest > 1n; rest /= 2n, power++) digits *= 5n
  const text = digits.toString().padStart(power + 1, '0')
  return power === 0 ? `${text}.0` : `${text.slice(0, -power)}.${text.slice(-power)}`
}

/** A little less: the last digit is not 0. */
function below(text: string): string {
  const trimmed = text.replace(/0+$/, '')
  if (trimmed.endsWith('.')) return `${BigInt(trimmed.slice(0, -1)) - 1n}.${'9'.repeat(60)}`
  return `${trimmed.slice(0, -1)}${Number(trimmed.at(-1)) - 1}${'9'.repeat(60)}`
}
