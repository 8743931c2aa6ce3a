/** Decimal numbers by their digits, compared with exact arithmetic. */
import { describe, expect, it } from '@jest/globals'
import {
  compareMagnitudes,
  type Decimal,
  decimalOf,
  plainText,
  sameNumber,
  wholeDigits,
} from '../../../app/lib/decimal.ts'

const read = (text: string): Decimal => decimalOf(text) as Decimal

describe('decimalOf', () => {
  it.each<[string, boolean, string, number]>([
    ['0', false, '', 0],
    ['-0.000e55', true, '', 0],
    ['0e99999999999999999999', false, '', 0],
    ['120', false, '12', 1],
    ['-0.00120', true, '12', -4],
    ['1.50e3', false, '15', 2],
    ['1E+02', false, '1', 2],
    ['1e-400', false, '1', -400],
    ['0012', false, '12', 0],
    ['9007199254740993', false, '9007199254740993', 0],
    ['1e000000000000000000000005', false, '1', 5],
  ])('takes %s apart', (text, negative, digits, exponent) => {
    expect(decimalOf(text)).toEqual({ negative, digits, exponent })
  })

  it.each(['', '-', '.5', '5.', '+1', '1e', '1e1.5', '0x10', 'NaN', 'Infinity', ' 1', '1_0', '1e9999999999999999'])(
    'reads no number in %j',
    (text) => expect(decimalOf(text)).toBeUndefined(),
  )

  it('takes a time that grows with the length of the text', () => {
    const long = '1'.repeat(500_000)
    const zeros = '0'.repeat(500_000)
    const startedAt = performance.now()
    expect(read(`${long}${zeros}`).digits).toBe(long)
    expect(read(`0.${zeros}1${zeros}`)).toEqual({ negative: false, digits: '1', exponent: -500_001 })
    // Minutes, if each digit meant looking at all of them again.
    expect(performance.now() - startedAt).toBeLessThan(10_000)
  })
})

describe('numbers', () => {
  it.each([
    ['1', '1.0'],
    ['1', '1e0'],
    ['0', '-0'],
    ['0.1', '1e-1'],
    ['1e21', '1000000000000000000000'],
    ['-12.50', '-125e-1'],
  ])('%s and %s are the same', (a, b) => expect([sameNumber(a, b), sameNumber(b, a)]).toEqual([true, true]))

  it.each([
    ['1', '-1'],
    ['1', '10'],
    ['0', '1e-400'],
    ['1', '1.00000000000000000001'],
    ['1', 'NaN'],
    ['NaN', '1'],
  ])('%s and %s are not', (a, b) => expect(sameNumber(a, b)).toBe(false))

  it('are compared by size, whatever their signs', () => {
    const ascending = ['0', '1e-400', '0.099', '0.1', '1', '1.00000000000000000001', '9.9', '10', '99e5', '1e400']
    ascending.forEach((a, i) => {
      ascending.forEach((b, j) => {
        expect(Math.sign(compareMagnitudes(read(a), read(`-${b}`)))).toBe(Math.sign(i - j))
      })
    })
  })

  it.each<[string, number, string | undefined]>([
    ['0', 1, '0'],
    ['0e50', 1, '0'],
    ['1e3', 4, '1000'],
    ['1e3', 3, undefined],
    ['1.5', 9, undefined],
    ['1.5e1', 9, '15'],
    ['1e999999999999999', 400, undefined],
    ['-7', 1, '7'],
  ])('%s as a whole number of up to %d digits is %s', (text, most, digits) => {
    expect(wholeDigits(read(text), most)).toBe(digits)
  })
})

describe('plainText', () => {
  it.each([
    ['0', '0'],
    ['-0.0', '0'],
    ['123140716701236887569077664', '123140716701236887569077664'],
    ['123140716701236887569077660.0', '123140716701236887569077660'],
    ['-12345678901234567890.50', '-12345678901234567890.5'],
    ['0.000123e-3', '0.000000123'],
    ['12345678901234567e30', `12345678901234567${'0'.repeat(30)}`],
    ['1e-400', '1e-400'],
    ['12.5e-400', '1.25e-399'],
    ['1234e400', '1.234e+403'],
  ])('of %s is %s', (text, expected) => expect(plainText(read(text))).toBe(expected))

  it('is the same for all spellings of a number, and reads as it', () => {
    for (const text of ['1', '1.0', '10e-1', '0.00000000000000000012', '12e-20', '1e300', '1.0e300', '5e-324']) {
      expect(sameNumber(plainText(read(text)), text)).toBe(true)
    }
    expect(new Set(['1', '1.0', '10e-1', '0.1e1'].map((text) => plainText(read(text)))).size).toBe(1)
  })
})
