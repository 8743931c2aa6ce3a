/** Schemas that are valid Avro and that avsc alone would not take, or not as they are meant. */
import { describe, expect, it } from '@jest/globals'
import { RecordMemory } from '../../../app/encode/record-memory.ts'
import { compileSchema } from '../../../app/encode/schema.ts'
import { decode, zigzag } from '../../fixtures/avro-bytes.ts'
import { encode, parsed, withField } from '../../fixtures/encoding.ts'

/** The bytes for `{}` and a schema whose only field has the default, written as text so that no digit is lost. */
const defaulted = (type: unknown, text: string): string =>
  new RecordMemory()
    .write(1, compileSchema('s-value', [JSON.stringify(withField(type, { default: '@' })).replace('"@"', text)]), {})
    .subarray(5)
    .toString('hex')
const problem = (type: unknown, text: string): string => {
  try {
    defaulted(type, text)
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('compiled')
}

describe('a default', () => {
  it.each(['-9223372036854775808', '9223372036854775807', '9007199254740993', '1e18', '-4503599627370497'])(
    'of a long is exact: %s',
    (text) => {
      const value = text === '1e18' ? 10n ** 18n : BigInt(text)
      expect(defaulted('long', text)).toBe(zigzag(value).toString('hex'))
      expect(defaulted(['null', 'long'], text)).toBe(`02${zigzag(value).toString('hex')}`)
      const inner = { type: 'record', name: 'I', fields: [{ name: 'a', type: 'long' }] }
      expect(defaulted(inner, `{"a":${text}}`)).toBe(zigzag(value).toString('hex'))
    },
  )

  it.each<[unknown, string, string]>([
    [['null', 'string'], '"VALUE1"', `020c${Buffer.from('VALUE1').toString('hex')}`],
    [['string', 'null'], 'null', '02'],
    [['string', 'long', 'int', 'null'], 'null', '06'],
    [['null', 'int', 'long'], '3000000000', `04${zigzag(3000000000n).toString('hex')}`],
    [['null', 'int', 'long'], '5', '020a'],
    [
      ['null', { type: 'record', name: 'I', fields: [{ name: 'a', type: 'int', default: 1 }] }, 'string'],
      '"x"',
      '040278',
    ],
    [['null', 'bytes'], '"\\u00ff"', '0202ff'],
    [['null', { type: 'enum', name: 'E', symbols: ['A', 'B'] }], '"B"', '0202'],
    [['null', { type: 'array', items: ['null', 'string'] }], '[null,"x"]', '02040002027800'],
  ])('of a union %j may belong to any branch: %s', (type, text, bytes) => {
    expect(defaulted(type, text)).toBe(bytes)
  })

  it('of a map keeps __proto__', () => {
    const bytes = Buffer.from(defaulted({ type: 'map', values: 'string' }, '{"__proto__":"x","a":"b"}'), 'hex')
    const { f } = decode(withField({ type: 'map', values: 'string' }), bytes) as { f: object }
    expect(Object.entries(f)).toEqual([
      ['__proto__', 'x'],
      ['a', 'b'],
    ])
  })

  it.each<[unknown, string, string]>([
    ['long', '9223372036854775808', 'default 9223372036854775808 of f'],
    ['int', '9007199254740993', 'default 9007199254740993'],
    ['long', '1.00000000000000000001', 'default 1.00000000000000000001'],
    [['null', 'string'], '5', 'default 5 of f'],
    ['string', '5', 'default 5 of f'],
  ])('of %j that is wrong is said as it is written: %s', (type, text, said) => {
    expect(problem(type, text)).toContain(said)
    expect(problem(type, text)).not.toContain('first branch')
  })
})

describe('names that objects inherit', () => {
  const inherited = ['toString', 'constructor', 'valueOf', '__proto__', 'A']

  it.each(inherited)('may be symbols: %s', (symbol) => {
    const type = { type: 'enum', name: 'E', symbols: inherited }
    const document = parsed(`{"f":"${symbol}"}`)
    expect(encode(withField(type), document)).toEqual(zigzag(BigInt(inherited.indexOf(symbol))))
    expect(defaulted(type, `"${symbol}"`)).toBe(zigzag(BigInt(inherited.indexOf(symbol))).toString('hex'))
  })

  it('may not be symbols twice', () => {
    expect(() => encode(withField({ type: 'enum', name: 'E', symbols: ['toString', 'toString'] }), {})).toThrow(
      'duplicate symbol',
    )
  })

  it.each([[['__proto__', 'name', 'type', 'aliases', 'doc', 'constructor']], [['name', '__proto__']]])(
    'may be fields: %j',
    (names) => {
      const schema = { type: 'record', name: 'R', fields: names.map((name) => ({ name, type: 'string' })) }
      const document = parsed(`{${names.map((name, i) => `"${name}":"v${i}"`).join()}}`)
      const values = decode(schema, encode(schema, document)) as Record<string, string>
      expect(names.map((name) => values[name])).toEqual(names.map((_, i) => `v${i}`))
    },
  )
})
