/** What a refusal says: what the schema wants in its own words, within bounds, and nothing of the document. */
import { describe, expect, it } from '@jest/globals'
import { parsed, refused, withField } from '../../fixtures/encoding.ts'

const said = (type: unknown, value: string): string => refused(withField(type), parsed(`{"f":${value}}`)).message
const symbols = (count: number, length = 1) =>
  withEnum(Array.from({ length: count }, (_, i) => `${'S'.repeat(length)}${i}`))
const withEnum = (names: readonly string[]): object => ({ type: 'enum', name: 'E', symbols: names })

describe('a refusal', () => {
  it.each<[unknown, string, string]>([
    [['null', 'long', 'double'], '{"constructor":5}', 'f: object where the schema wants null, long or double'],
    [['null', 'long', 'double'], '{"__proto__":5}', 'f: object where the schema wants null, long or double'],
    [['null', 'long'], '"canary"', 'f: string where the schema wants null or long'],
    [
      ['null', { type: 'record', name: 'n.s.I', fields: [] }, { type: 'array', items: 'int' }],
      '5',
      'f: number where the schema wants null, n.s.I or array',
    ],
    [['int', 'string'], 'null', 'f: null where the schema wants int or string'],
    [['string'], 'true', 'f: boolean where the schema wants string'],
    ['string', '"canary\\ud800"', 'f: text that UTF-8 cannot hold'],
    [['null', 'string'], '"\\udc00canary"', 'f: text that UTF-8 cannot hold'],
    [{ type: 'map', values: 'int' }, '{"canary\\ud800":1}', 'f.*: text that UTF-8 cannot hold'],
    [withEnum(['BUY', 'SELL']), '"canary"', 'f: none of the symbols BUY and SELL'],
    [withEnum(['BUY']), '"canary"', 'f: none of the symbols BUY'],
    [withEnum(['BUY', 'SELL']), '"\\ud800"', 'f: text that UTF-8 cannot hold'],
    [withEnum(['BUY', 'SELL']), '5', 'f: number where the schema wants enum'],
    [['null', withEnum(['A', 'B', 'C'])], '"canary"', 'f: none of the symbols A, B and C'],
    [symbols(11), '"canary"', 'f: none of the symbols S0, S1, S2, S3, S4, S5, S6, S7 and 3 more'],
    ['string', 'true', 'f: boolean where the schema wants string'],
    ['double', '"canary"', 'f: a string that is no number where the schema wants double'],
    ['int', '"1.5"', 'f: a number with a fraction where the schema wants int'],
    ['int', 'true', 'f: boolean where the schema wants int'],
  ])('of %j for %s says: %s', (type, value, sentence) => {
    expect(said(type, value)).toBe(sentence)
  })

  it('stays short however long the names of the schema are', () => {
    expect(said(symbols(50, 500), '"canary"').length).toBeLessThan(700)
    const branches = Array.from({ length: 50 }, (_, i) => ({
      type: 'record',
      name: `N${i}${'x'.repeat(500)}`,
      fields: [],
    }))
    expect(said(['null', ...branches], '5').length).toBeLessThan(700)
  })
})
