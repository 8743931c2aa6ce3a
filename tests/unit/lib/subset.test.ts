/** Which messages a pattern matches. */
import { describe, expect, it } from '@jest/globals'
import { jsonOf, matcher, type Pattern } from '../../../app/lib/subset.ts'

const matches = (pattern: Pattern, text: string): boolean => matcher([pattern]).value(JSON.parse(text))

describe('an object', () => {
  it.each<[Pattern, string]>([
    [{ type: 'ping' }, '{"type":"ping","n":1}'],
    [{ a: { b: 1 } }, '{"a":{"b":1.0,"c":2},"d":3}'],
    [{ a: [1, { b: null }] }, '{"a":[1,{"b":null,"c":1}]}'],
    [{ result: null }, '{"result":null,"id":1}'],
    [JSON.parse('{"__proto__":{"a":1}}') as Pattern, '{"__proto__":{"a":1,"b":2}}'],
    [{ n: 0 }, '{"n":-0}'],
  ])('%j matches %s', (pattern, text) => {
    expect(matches(pattern, text)).toBe(true)
  })

  it.each<[Pattern, string]>([
    [{ type: 'ping' }, '{"type":"pong"}'],
    [{ type: 'ping' }, '{"Type":"ping"}'],
    [{ type: 'ping' }, '"ping"'],
    [{ type: 'ping' }, '[{"type":"ping"}]'],
    [{ result: null }, '{"id":1}'],
    [{ n: 1 }, '{"n":"1"}'],
    [{ n: 1 }, '{"n":true}'],
    [{ a: [1] }, '{"a":[1,2]}'],
    [{ a: [] }, '{"a":{}}'],
    [{ a: {} }, '{"a":[]}'],
    [{ a: {} }, '{"a":null}'],
    [{ toString: {} }, '{}'],
    [{ n: 9007199254740991 }, '{"n":9007199254740992}'],
  ])('%j does not match %s', (pattern, text) => {
    expect(matches(pattern, text)).toBe(false)
  })
})

describe('a text', () => {
  it('matches a whole message, plain or as a JSON string, and a string of an array, and nothing else', () => {
    const pong = matcher(['pong', ''])
    for (const text of ['pong', '"pong"', '']) expect(pong.text(Buffer.from(text))).toBe(true)
    for (const text of ['pong ', 'Pong', 'pongs', '["pong"]', ' ']) expect(pong.text(Buffer.from(text))).toBe(false)
    expect([pong.value('pong'), pong.value('ping'), pong.value({ pong: 1 })]).toEqual([true, false, false])
  })
})

describe('jsonOf', () => {
  it('bears whatever comes', () => {
    expect(jsonOf(Buffer.from('\uFEFF{"a":1}'))).toEqual({ a: 1 })
    for (const data of ['', 'x', '{', '[1,', '\u0000']) expect(jsonOf(Buffer.from(data))).toBeUndefined()
    expect(jsonOf(Buffer.from([0xff, 0x22]))).toBeUndefined()
    expect(jsonOf(Buffer.from('['.repeat(100_000)))).toBeUndefined()
  })
})
