/** What fits a schema, what does not, and that a refusal says where and never what. */
import { describe, expect, it } from '@jest/globals'
import avsc from 'avsc'
import { verifiableCredential } from '../../../app/normalise/verifiable-credential.ts'
import { decode } from '../../fixtures/avro-bytes.ts'
import { encode, refused, withField } from '../../fixtures/encoding.ts'
import { plainTrade, signedTrade, tradeData, tradeEvent } from '../../fixtures/trade-event.ts'

/** As plain objects with numbers: what JSON would show. */
const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_key, each) => (typeof each === 'bigint' ? Number(each) : each)))
const roundTrip = (schema: unknown, document: unknown): unknown => plain(decode(schema, encode(schema, document)))
const json = (text: string): unknown => JSON.parse(text)

describe('trades', () => {
  it('are written as avsc writes them, with defaults', () => {
    expect(roundTrip(tradeEvent, plainTrade)).toEqual({ ...plainTrade, tradeCredential: null })
    const reader = avsc.Type.forSchema(JSON.parse(JSON.stringify(tradeEvent).replace('"@context"', '')))
    expect(plain(reader.fromBuffer(encode(tradeEvent, plainTrade)))).toEqual({ ...plainTrade, tradeCredential: null })
  })

  it('with a credential keep its signature byte for byte', () => {
    const normalised = verifiableCredential(signedTrade)
    expect(roundTrip(tradeEvent, normalised)).toEqual({ ...normalised, tradeData: null })
  })

  it('with a credential need no normaliser: an alias of a field may be its name in a document', () => {
    expect(encode(tradeEvent, signedTrade)).toEqual(encode(tradeEvent, verifiableCredential(signedTrade)))
  })

  it.each<[string, unknown, string, string]>([
    [
      'a raw Finnhub message',
      { data: [{ c: null, p: 1, s: 'A', t: 1, v: 5 }], type: 'trade' },
      'missing_field',
      'start_timestamp',
    ],
    ['a ping', { type: 'ping' }, 'missing_field', 'start_timestamp'],
    [
      'text for a number',
      { ...plainTrade, tradeData: { ...tradeData, Price: 'canary' } },
      'bad_value',
      'tradeData.Price',
    ],
    ['null for a text', { ...plainTrade, symbol: null }, 'bad_value', 'symbol'],
    ['text for a record', { ...plainTrade, tradeData: 'x' }, 'bad_value', 'tradeData'],
    ['an array for a record', { ...plainTrade, tradeData: [] }, 'bad_value', 'tradeData'],
    [
      'a fraction for a long',
      { ...plainTrade, tradeData: { ...tradeData, Event_Timestamp: 1.5 } },
      'bad_number',
      'tradeData.Event_Timestamp',
    ],
    [
      'an item of the wrong type',
      { ...plainTrade, tradeData: { ...tradeData, Trade_Condition: ['1', true] } },
      'bad_value',
      'tradeData.Trade_Condition.1',
    ],
  ])('refuses %s', (_name, document, reason, path) => {
    expect(refused(tradeEvent, document)).toMatchObject({ reason, path })
  })
})

describe('fields', () => {
  it('that are not declared are left out', () => {
    expect(encode(withField('int'), { f: 1, g: 'x', __typename: {} }).toString('hex')).toBe('02')
  })

  it('that are missing take their default', () => {
    expect(encode(withField('string', { default: 'é' }), {}).toString('hex')).toBe('04c3a9')
    expect(encode(withField(['null', 'string'], { default: null }), {}).toString('hex')).toBe('00')
    expect(roundTrip(withField({ type: 'array', items: 'int' }, { default: [1, 2] }), {})).toEqual({ f: [1, 2] })
  })

  it('that are null take no default', () => {
    expect(refused(withField('string', { default: 'x' }), { f: null })).toMatchObject({
      reason: 'bad_value',
      path: 'f',
    })
  })

  it.each(['constructor', 'toString', 'valueOf', 'hasOwnProperty', '__proto__'])('are not inherited: %s', (name) => {
    const inner = { type: 'record', name: 'Inner', fields: [] }
    for (const type of ['string', inner, { type: 'map', values: 'string' }, ['null', inner]]) {
      const schema = { type: 'record', name: 'R', fields: [{ name, type }] }
      expect(refused(schema, json('{}'))).toMatchObject({ reason: 'missing_field', path: name })
    }
    const withDefault = { type: 'record', name: 'R', fields: [{ name, type: 'string', default: 'd' }] }
    expect(encode(withDefault, json('{}')).toString('hex')).toBe('0264')
    expect(encode(withDefault, json(`{"${name}":"own"}`)).toString('hex')).toBe('066f776e')
  })

  it('of a __proto__ key are not those of the document', () => {
    expect(refused(withField('string'), json('{"__proto__":{"f":"x"}}'))).toMatchObject({ reason: 'missing_field' })
    expect(encode(withField('string'), json('{"__proto__":{"f":"x"},"f":"y"}')).toString('hex')).toBe('0279')
  })

  it.each([5, 'text', true, [], [1], null])('of a record are not looked for in %j', (value) => {
    const inner = { type: 'record', name: 'Inner', fields: [{ name: 'length', type: 'int', default: 7 }] }
    expect(refused(withField(inner), { f: value })).toMatchObject({ reason: 'bad_value', path: 'f' })
  })
})

describe('enums, maps and text', () => {
  const symbols = withField({ type: 'enum', name: 'E', symbols: ['A', 'B'] })

  it('writes symbols', () => expect(encode(symbols, { f: 'B' }).toString('hex')).toBe('02'))
  it.each([['C'], ['constructor'], ['toString'], ['__proto__'], [['A']], [{}], [0], [null]])(
    'refuses the symbol %j',
    (value) => {
      expect(refused(symbols, { f: value })).toMatchObject({ reason: 'bad_value', path: 'f' })
    },
  )

  it('writes maps with any own key', () => {
    const map = withField({ type: 'map', values: 'string' })
    const document = json('{"f":{"__proto__":"p","constructor":"c","é":"x","":""}}')
    const { f } = decode(map, encode(map, document)) as { f: Record<string, string> }
    expect(Object.entries(f)).toEqual([
      ['__proto__', 'p'],
      ['constructor', 'c'],
      ['é', 'x'],
      ['', ''],
    ])
  })

  it.each([
    '',
    'a',
    'a'.repeat(63),
    'a'.repeat(64),
    'é',
    'é'.repeat(31),
    'é'.repeat(32),
    `${'x'.repeat(62)}東`,
    '😀',
    '\0',
    '\u0080',
    '\ufffd',
    '\ufeffx',
    `${'a'.repeat(5000)}é`,
  ])('writes text of any length and alphabet: %#', (text) => {
    expect(decode(withField('string'), encode(withField('string'), { f: text }))).toMatchObject({ f: text })
  })

  it.each(['\ud800', 'x\udc00', '\ud83d', `${'a'.repeat(70)}\ud83d`, '\udc00\ud800'])(
    'refuses text that UTF-8 cannot hold: %#',
    (text) => {
      expect(refused(withField('string'), { f: text })).toMatchObject({ reason: 'bad_value', path: 'f' })
      expect(refused(withField({ type: 'map', values: 'int' }), { f: { [text]: 1 } })).toMatchObject({
        reason: 'bad_value',
        path: 'f.*',
      })
    },
  )

  it.each(['constructor', 'x', '__proto__'])('refuses %s as the branch of a union', (name) => {
    expect(refused(withField(['int', 'long']), json(`{"f":{"${name}":1}}`)).reason).toMatch(/^(bad_value|encode)$/)
  })

  it('refuses text for bytes', () => {
    expect(refused(withField('bytes'), { f: 'x' })).toMatchObject({ reason: 'bad_value', path: 'f' })
  })
})

describe('a refusal', () => {
  const tree = {
    type: 'record',
    name: 'Tree',
    fields: [
      { name: 'v', type: 'int' },
      { name: 'next', type: ['null', 'Tree'], default: null },
    ],
  }
  const chain = (depth: number, last: object): unknown =>
    json('{"v":1,"next":'.repeat(depth) + JSON.stringify(last) + '}'.repeat(depth))

  it('never quotes the document', () => {
    for (const document of [
      { f: 'secret-value' },
      { f: { 'secret-key': 1 } },
      { f: ['secret'] },
      { 'secret-name': 1 },
    ]) {
      const { message, path, cause } = refused(
        withField({ type: 'map', values: { type: 'array', items: 'int' } }),
        document,
      )
      expect(`${message} ${path}`).not.toContain('secret')
      expect(cause).toBeUndefined()
    }
  })

  it('of too deep a document is too_deep', () => {
    expect(refused(tree, chain(100_000, { v: 1 })).reason).toBe('too_deep')
  })

  it('has a short path however deep the fault', () => {
    const { reason, path } = refused(tree, chain(300, { v: 'x' }))
    expect(reason).toBe('bad_value')
    expect(path.length).toBeLessThan(100)
  })

  it('of a deep value in a shallow schema is about the value', () => {
    const deep = json(`{"f":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)
    expect(refused(withField('string'), deep)).toMatchObject({ reason: 'bad_value', path: 'f' })
    expect(refused(withField(['null', 'string']), deep)).toMatchObject({ reason: 'bad_value', path: 'f' })
  })

  it('takes depth that fits', () => {
    expect(encode(tree, chain(500, { v: 1 })).length).toBe(501 * 2)
  })
})
