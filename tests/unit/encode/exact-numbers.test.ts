/** Numbers from the text of a message to Avro: exact, the nearest where the type means that, or refused. Expectations are written by hand or computed with bigints. */
import { describe, expect, it } from '@jest/globals'
import { decode } from '../../fixtures/avro-bytes.ts'
import { encode, parsed, refused, withField } from '../../fixtures/encoding.ts'

const document = (number: string): unknown => parsed(`{"f":${number}}`)
const written = (type: unknown, number: string): unknown =>
  (decode(withField(type), encode(withField(type), document(number))) as { f: unknown }).f
const refusal = (type: unknown, number: string) => refused(withField(type), document(number))

describe('long', () => {
  it.each<[string, bigint]>([
    ['9007199254740991', 2n ** 53n - 1n],
    ['9007199254740992', 2n ** 53n],
    ['9007199254740993', 2n ** 53n + 1n],
    ['-9007199254740993', -(2n ** 53n) - 1n],
    ['-4503599627370497', -(2n ** 52n) - 1n],
    ['1610521604143693812', 1610521604143693812n],
    ['9223372036854775807', 2n ** 63n - 1n],
    ['-9223372036854775808', -(2n ** 63n)],
    ['9223372036854775806.0', 2n ** 63n - 2n],
    ['1e18', 10n ** 18n],
    ['9007199254741e5', 900719925474100000n],
    ['1.0', 1n],
    ['1.50e1', 15n],
    ['10000000000000000000e-1', 10n ** 18n],
    ['-0', 0n],
    ['0e-400', 0n],
    ['123456789012345e4', 1234567890123450000n],
  ])('holds %s', (number, value) => {
    expect(written('long', number)).toBe(value)
    expect(written(['null', 'long'], number)).toBe(value)
  })

  it.each([
    ['9223372036854775808', 'beyond what long can hold'],
    ['-9223372036854775809', 'beyond what long can hold'],
    ['9223372036854776000', 'beyond what long can hold'],
    ['1e19', 'beyond what long can hold'],
    ['1e400', 'beyond what long can hold'],
    ['1e99999999999999999999', 'beyond what long can hold'],
    ['123140716701236887569077664', 'beyond what long can hold'],
    ['1.5', 'with a fraction where the schema wants long'],
    ['1.00000000000000000001', 'with a fraction where the schema wants long'],
    ['4503599627370497.4', 'with a fraction where the schema wants long'],
    ['999999999999999.99999', 'with a fraction where the schema wants long'],
    ['0.99999999999999999999', 'with a fraction where the schema wants long'],
    ['1e-400', 'with a fraction where the schema wants long'],
    ['-1e-400', 'with a fraction where the schema wants long'],
  ])('refuses %s', (number, fault) => {
    expect(refusal('long', number)).toMatchObject({ reason: 'bad_number', path: 'f', message: `f: a number ${fault}` })
  })
})

describe('int', () => {
  it.each(['2147483647', '-2147483648', '1e3', '7.0', '0.0000000000000000000', '1.0000000000000000000000'])(
    'holds %s',
    (number) => expect(written('int', number)).toBe(BigInt(Number(number))),
  )
  it.each(['2147483648', '9007199254740993', '1.00000000000000000001', '1e-400', '0.5'])('refuses %s', (number) => {
    expect(refusal('int', number)).toMatchObject({ reason: 'bad_number', path: 'f' })
  })
})

describe('double', () => {
  it.each<[string, number]>([
    ['0.1', 0.1],
    ['0.1000000000000000055511151231257827', 0.1],
    ['1.00000000000000000001', 1],
    ['4503599627370497.4', 4503599627370497],
    ['9007199254740992', 2 ** 53],
    ['9007199254740994', 2 ** 53 + 2],
    // What JavaScript prints for 2^60, and what it is.
    ['1152921504606847000', 2 ** 60],
    ['1152921504606846976', 2 ** 60],
    ['1e23', 1e23],
    ['100000000000000000000000', 1e23],
    ['99999999999999991611392', 1e23],
    ['1.7976931348623157e308', Number.MAX_VALUE],
    ['4e-324', 5e-324],
    ['-2.4703282292062328e-324', -5e-324],
    ['0e-999', 0],
    ['9007199254740993.5', 9007199254740994],
    ['4503599627370496.4', 4503599627370496],
  ])('holds %s', (number, value) => {
    expect(written('double', number)).toBe(value)
    expect(written(['double', 'null'], number)).toBe(value)
  })

  it('keeps the sign of zero', () => {
    for (const zero of ['-0', '-0.0', '-0e5', '-0.00000000000000000000'])
      expect(Object.is(written('double', zero), -0)).toBe(true)
  })

  it.each([
    ['9007199254740993', 'a whole number that double can only hold rounded'],
    ['9007199254740993.0', 'a whole number that double can only hold rounded'],
    ['1152921504606846977', 'a whole number that double can only hold rounded'],
    ['1152921504606847001', 'a whole number that double can only hold rounded'],
    ['99999999999999991611393', 'a whole number that double can only hold rounded'],
    ['1e-400', 'a number so small that it would become 0 as double'],
    ['-2e-324', 'a number so small that it would become 0 as double'],
    ['1e400', 'a number beyond what double can hold'],
    [`1${'0'.repeat(400)}`, 'a number beyond what double can hold'],
  ])('refuses %s', (number, fault) => {
    expect(refusal('double', number)).toMatchObject({ reason: 'bad_number', path: 'f', message: `f: ${fault}` })
  })
})

describe('float', () => {
  it.each<[string, number]>([
    ['0.1', Math.fround(0.1)],
    ['16777216', 16777216],
    ['16777218', 16777218],
    ['16777217.5', 16777218],
    ['16777216.5', 16777216],
    ['123456792', 123456792],
    // The shortest text of that float.
    ['123456790', 123456792],
    ['1e10', 1e10],
    ['1e23', Math.fround(1e23)],
    ['1152921504606846976', 2 ** 60],
    // 2^60 as JavaScript, and as a writer of floats prints it.
    ['1152921504606847000', 2 ** 60],
    ['1152921500000000000', 2 ** 60],
    ['340282350000000000000000000000000000000', 3.4028234663852886e38],
    ['1e-45', 2 ** -149],
    // Halfway between two floats, and on either side of that.
    ['1.000000059604644775390625', 1],
    ['1.0000000596046447753906250000000000000001', 1 + 2 ** -23],
    ['1.0000000596046447753906249999999999999999', 1],
    ['1.000000178813934326171875', 1 + 2 ** -22],
    ['1.00000017881393432617187499999999999999', 1 + 2 ** -23],
  ])('holds %s', (number, value) => {
    expect(written('float', number)).toBe(value)
    expect(written('float', `-${number}`)).toBe(-value)
  })

  it.each([
    ['16777217', 'a whole number that float can only hold rounded'],
    ['123456789', 'a whole number that float can only hold rounded'],
    ['123456791', 'a whole number that float can only hold rounded'],
    ['1152921504606846977', 'a whole number that float can only hold rounded'],
    ['9007199254740993', 'a whole number that float can only hold rounded'],
    ['1e-46', 'a number so small that it would become 0 as float'],
    ['1e-400', 'a number so small that it would become 0 as float'],
    ['1e39', 'a number beyond what float can hold'],
    ['3.4028235677973366e38', 'a number beyond what float can hold'],
    ['1e400', 'a number beyond what float can hold'],
  ])('refuses %s', (number, fault) => {
    expect(refusal('float', number)).toMatchObject({ reason: 'bad_number', path: 'f', message: `f: ${fault}` })
  })

  it('keeps the sign of zero', () => expect(Object.is(written('float', '-0.0'), -0)).toBe(true))
})

describe('a number that no double says exactly', () => {
  const big = '12345678901234567890'
  it.each<[unknown, string]>([
    ['boolean', 'boolean'],
    [{ type: 'record', name: 'I', fields: [{ name: 'a', type: 'int', default: 1 }] }, 'record'],
    [{ type: 'record', name: 'I', fields: [] }, 'record'],
    [{ type: 'map', values: 'int' }, 'map'],
    [{ type: 'array', items: 'int' }, 'array'],
    [{ type: 'enum', name: 'E', symbols: ['A'] }, 'enum'],
    ['bytes', 'bytes'],
    ['null', 'null'],
    [['null', { type: 'map', values: 'int' }], 'null or map'],
  ])('is a number and nothing else where the schema wants %j', (type, wanted) => {
    for (const number of [big, '5']) {
      expect(refusal(type, number)).toMatchObject({
        reason: 'bad_value',
        message: `f: number where the schema wants ${wanted}`,
      })
    }
  })

  it('is found wherever it stands', () => {
    const schema = withField({ type: 'array', items: { type: 'map', values: ['null', 'long'] } })
    const bytes = encode(schema, parsed('{"f":[{"a":9007199254740993},{"a":null,"b":1}]}'))
    expect(decode(schema, bytes)).toEqual({ f: [{ a: 2n ** 53n + 1n }, { a: null, b: 1n }] })
    expect(refused(schema, parsed(`{"f":[{"a":${big}}]}`))).toMatchObject({ reason: 'bad_number', path: 'f.0.*' })
  })

  it('does no harm where the schema does not have it', () => {
    expect(encode(withField('int'), parsed(`{"f":1,"g":${big},"h":[1e-400]}`)).toString('hex')).toBe('02')
  })
})
