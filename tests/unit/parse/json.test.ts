/** What the JSON parser takes, what it refuses, and that it never quotes what it refused. */
import { describe, expect, it } from '@jest/globals'
import { Rejected } from '../../../app/errors.ts'
import type { Message } from '../../../app/model.ts'
import { parsers } from '../../../app/parse/index.ts'
import { loadKind } from '../../../app/settings/kind.ts'

const parse = (await loadKind(parsers, 'json'))({}, { feed: 'f', maxDocuments: 10_000 })
const message = (data: Buffer): Message => ({
  source: { feed: 'f', id: 'ws://h/', shown: 'ws://h/', hash: 1 },
  data,
  receivedAt: 0,
})
const text = (value: string): Message => message(Buffer.from(value))

function refusal(data: Buffer): Rejected {
  try {
    parse(message(data))
  } catch (error) {
    if (error instanceof Rejected) return error
    throw error
  }
  throw new Error('was taken')
}

describe('json', () => {
  it.each([
    ['{"a":1}', { a: 1 }],
    [' \n{"a":{"b":[1,2]}} ', { a: { b: [1, 2] } }],
    ['\ufeff{"a":1}', { a: 1 }],
    ['{"a":"Zürich 東京 😀"}', { a: 'Zürich 東京 😀' }],
    ['{"a":"\ufffd"}', { a: '\ufffd' }],
    ['[]', []],
    ['[{"a":1},2,null]', [{ a: 1 }, 2, null]],
  ])('takes %j', (input, expected) => {
    expect(parse(text(input))).toEqual(expected)
  })

  it.each([
    ['a lone continuation byte', Buffer.from([0x7b, 0x22, 0x80, 0x22, 0x3a, 0x31, 0x7d]), 'not_utf8'],
    ['a cut character', Buffer.from('{"a":"é"}').subarray(0, 7), 'not_utf8'],
    ['an encoded surrogate', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), 'not_utf8'],
    ['an overlong form', Buffer.from([0x22, 0xc0, 0xaf, 0x22]), 'not_utf8'],
    [
      'a broken byte beside a real U+FFFD',
      Buffer.concat([Buffer.from('{"a":"\ufffd'), Buffer.from([0xff]), Buffer.from('"}')]),
      'not_utf8',
    ],
    ['nothing', Buffer.alloc(0), 'not_json'],
    ['a byte order mark alone', Buffer.from('\ufeff'), 'not_json'],
    ['two byte order marks', Buffer.from('\ufeff\ufeff{}'), 'not_json'],
    ['blanks', Buffer.from('  \n'), 'not_json'],
    ['half an object', Buffer.from('{"a":1'), 'not_json'],
    ['two objects', Buffer.from('{"a":1}{"a":2}'), 'not_json'],
    ['NaN', Buffer.from('{"a":NaN}'), 'not_json'],
    ['a NUL behind the object', Buffer.from('{"a":1}\0'), 'not_json'],
    ['null', Buffer.from('null'), 'not_an_object'],
    ['a number', Buffer.from('12'), 'not_an_object'],
    ['a string', Buffer.from('"ping"'), 'not_an_object'],
    ['true', Buffer.from('true'), 'not_an_object'],
  ])('refuses %s', (_name, data, reason) => {
    expect(refusal(data).reason).toBe(reason)
  })

  it.each(['{"a": secret-token', 'secret-token', '"secret-token"', '{"secret-token":1}}'])(
    'does not quote %j',
    (input) => {
      const error = refusal(Buffer.from(input))
      expect(error.message).not.toContain('secret')
      expect(error.cause).toBeUndefined()
    },
  )

  it('survives deep nesting', () => {
    const depth = 100_000
    const document = parse(text(`{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`)) as Record<string, unknown>
    expect(Array.isArray(document.a)).toBe(true)
    expect(refusal(Buffer.from('['.repeat(depth))).reason).toBe('not_json')
    expect(refusal(Buffer.from('{"a":'.repeat(depth))).reason).toBe('not_json')
  })

  it('keeps __proto__ as a plain property', () => {
    const document = parse(text('{"__proto__":{"polluted":1},"b":2}')) as Record<string, unknown>
    expect(Object.getPrototypeOf(document)).toBe(Object.prototype)
    expect(Object.keys(document)).toEqual(['__proto__', 'b'])
    expect(document.polluted).toBeUndefined()
  })
})
