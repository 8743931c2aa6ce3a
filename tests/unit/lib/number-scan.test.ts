/** What the scan does not find, a double says exactly: wherever a number stands, and however it is spelt. */
import { describe, expect, it } from '@jest/globals'
import { isExact, mayHoldExactNumbers } from '../../../app/lib/number-scan.ts'
import { jsonNumber, seeded } from '../../support/random.ts'

const scan = (text: string): boolean => mayHoldExactNumbers(Buffer.from(text), text)

describe('the scan', () => {
  it.each([
    '9007199254740993',
    '-9007199254740993',
    '12345678901234567890',
    '4503599627370497.4',
    '1.00000000000000000001',
    '999999999999999.99999',
    '0.1000000000000000000001',
    '90071992547409931e3',
    '90071992547409935E-3',
    '1e-400',
    '1E-400',
    '-1.5e-0400',
    '4e-324',
    '123456789012345e-330',
  ])('finds %s at every place of a message', (number) => {
    expect(isExact(number)).toBe(true)
    for (let before = 0; before < 40; before++) {
      const blanks = ' '.repeat(before)
      expect([before, scan(`{"x":"é","a":${blanks}${number}}`)]).toEqual([before, true])
      expect([before, scan(`{"a":${blanks}${number}, "b":1}`)]).toEqual([before, true])
      expect([before, scan(`[${blanks}${number}`)]).toEqual([before, true])
    }
  })

  it.each([
    '{"p":64.1,"s":"AAPL","t":1680000000000,"v":5,"venue":1,"source":10000,"seq":10000000}',
    '{"time_us":1725911162329308}',
    '{"lat":52.520006599999995,"lon":13.404953999999975}',
    '{"x":0.30000000000000004,"y":-1.2345678901234568e-7,"z":1e-7}',
    '{"id":1610521604143693800}',
    '{"x":64213.0100000000000}',
    '{"id":"1610521604143693812","other":"x1610521604143693812y"}',
    '{"id":"6d1f7e52-3b0c-4f4e-9a55-1c9d7f0b2a41","uuid":"00000000-000e-4001-8000-000000000001"}',
    '{"d":"2025-01-19T12:34:56.123456789Z","n":-0.0000000000000000000}',
    '{"x":1e-07,"y":1e-99,"z":1e18}',
  ])('passes over %s', (text) => expect(scan(text)).toBe(false))

  it('finds whatever a double does not say exactly', () => {
    const random = seeded(2026)
    let found = 0
    for (let i = 0; i < 20_000; i++) {
      const number = jsonNumber(random)
      // What is too large for a double becomes infinite, and is refused by whoever wants a number.
      if (!isExact(number) || !Number.isFinite(Number(number))) continue
      const text = `{"${'x'.repeat(random(20))}":[${number}]}`
      found++
      expect([text, scan(text)]).toEqual([text, true])
    }
    expect(found).toBeGreaterThan(1_000)
  })

  it.each<[string, string]>([
    ['digits', '1'],
    ['dots', '1.'],
    ['slashes', '/'],
    ['minus signs', '-'],
    ['exponents', '1e-'],
    ['long exponents', '1e-12'],
  ])('takes a time that grows with the length of a message full of %s', (_what, piece) => {
    const text = `{"a":"${piece.repeat(400_000 / piece.length)}"}`
    const data = Buffer.from(text)
    const startedAt = performance.now()
    mayHoldExactNumbers(data, text)
    // More, if each piece meant looking at all of them again.
    expect(performance.now() - startedAt).toBeLessThan(5_000)
  })
})
