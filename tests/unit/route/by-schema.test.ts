/** Where documents go: topic, subject, key and the hash that chooses the partition. */
import { describe, expect, it } from '@jest/globals'
import { Rejected } from '../../../app/errors.ts'
import { sameNumber } from '../../../app/lib/decimal.ts'
import type { Document, Message } from '../../../app/model.ts'
import { bySchema, type KeyRule } from '../../../app/route/by-schema.ts'
import { parsed } from '../../fixtures/encoding.ts'

const from = (id: string, hash: number): Message => ({
  source: { feed: 'f', id, shown: id, hash },
  data: Buffer.alloc(0),
  receivedAt: 0,
})
const message = from('ws://h/', 7)
const field = (...path: string[]): KeyRule => ({ kind: 'field', path })
const keyOf = (path: string[], text: string): string | undefined =>
  bySchema({ schema: 's', key: field(...path) })
    .route(parsed(text) as Document, message)
    .key?.toString()

describe('bySchema', () => {
  it('names topic and subject after the schema', () => {
    const router = bySchema({ schema: 'TradeEvent', key: { kind: 'source' } })
    expect(router.topics).toEqual(['TradeEvent'])
    expect(router.subjects).toEqual(['TradeEvent-value'])
    expect(router.route({}, message)).toMatchObject({ topic: 'TradeEvent', subject: 'TradeEvent-value' })
  })

  it('answers a constant key with one object and the hash of the Java client', () => {
    const router = bySchema({ schema: 's', key: { kind: 'constant', value: 'foobar' } })
    const destination = router.route({}, message)
    // From the Java client's own UtilsTest: murmur2("foobar") = -790332482, made positive by & 0x7fffffff.
    expect(destination).toEqual({
      topic: 's',
      subject: 's-value',
      key: Buffer.from('foobar'),
      hash: -790332482 & 0x7fffffff,
    })
    expect(router.route({ a: 1 }, from('ws://other/', 9))).toBe(destination)
  })

  it('encodes a constant key as UTF-8', () => {
    const { key } = bySchema({ schema: 's', key: { kind: 'constant', value: 'Zürich' } }).route({}, message)
    expect(key?.toString('hex')).toBe('5ac3bc72696368')
  })

  it('without a key follows the source, with one object each', () => {
    const router = bySchema({ schema: 's', key: { kind: 'source' } })
    const other = from('ws://other/', 9)
    expect(router.route({}, message)).toEqual({ topic: 's', subject: 's-value', key: null, hash: 7 })
    expect(router.route({}, other).hash).toBe(9)
    expect(router.route({ a: 1 }, message)).toBe(router.route({}, message))
  })

  it.each<[string[], string, string]>([
    [['device_id'], '{"device_id":"d-1"}', 'd-1'],
    [['device_id'], '{"device_id":""}', ''],
    [['a', 'b'], '{"a":{"b":"deep"}}', 'deep'],
    [['a', '1'], '{"a":["x","y"]}', 'y'],
    [['n'], '{"n":17}', '17'],
    [['n'], '{"n":1e-7}', '1e-7'],
    [['n'], '{"n":0}', '0'],
    [['n'], '{"n":false}', 'false'],
    // All digits, whatever a double makes of them.
    [['n'], '{"n":1610521604143693812}', '1610521604143693812'],
    [['n'], '{"n":-9007199254740993}', '-9007199254740993'],
    [['n'], '{"n":123140716701236887569077664}', '123140716701236887569077664'],
    [['n'], '{"n":4503599627370497.4}', '4503599627370497.4'],
    [['n'], '{"n":1.00000000000000000001}', '1.00000000000000000001'],
    [['n'], '{"n":1e-400}', '1e-400'],
    // One text for each number, the one it had before.
    [['n'], '{"n":1.0}', '1'],
    [['n'], '{"n":1e3}', '1000'],
    [['n'], '{"n":-0}', '0'],
    [['n'], '{"n":0.0000000000000000000}', '0'],
    [['n'], '{"n":1e21}', '1e+21'],
    [['n'], '{"n":1000000000000000000000}', '1e+21'],
    [['n'], '{"n":9007199254740993.0}', '9007199254740993'],
    [['n'], '{"n":9007199254740993000e-3}', '9007199254740993'],
    [['__proto__'], '{"__proto__":"own"}', 'own'],
  ])('finds %j in %s', (path, text, expected) => {
    expect(keyOf(path, text)).toBe(expected)
  })

  it('gives two numbers one key only where they are the same number', () => {
    const texts = ['0', '1', '9007199254740992', '123456789012345678901', '5e-324', '1e21', '0.1'].flatMap((text) => {
      const [digits = '', power = '0'] = text.split('e')
      const point = digits.includes('.') ? '' : '.'
      return [text, `-${text}`, `${digits}${point}0e${power}`, `${digits}${point}00000000000000000001e${power}`].concat(
        digits.includes('.') ? [] : [`${digits.slice(0, -1)}${(Number(digits.at(-1)) + 1) % 10}e${power}`],
      )
    })
    const keys = texts.map((text) => keyOf(['n'], `{"n":${text.replace(/^(-?)0+(?=[1-9])/, '$1')}}`))
    for (const [i, a] of texts.entries()) {
      for (const [j, b] of texts.entries()) {
        expect([a, b, keys[i] === keys[j]]).toEqual([a, b, sameNumber(a, b)])
      }
    }
  })

  it('hashes a field as it hashes a constant', () => {
    const constant = bySchema({ schema: 's', key: { kind: 'constant', value: 'd-1' } }).route({}, message)
    expect(bySchema({ schema: 's', key: field('a') }).route({ a: 'd-1' }, message)).toEqual(constant)
  })

  it.each<[string[], string]>([
    [['a'], '{}'],
    [['a'], '{"a":null}'],
    [['a'], '{"a":{}}'],
    [['a'], '{"a":["x"]}'],
    [['a'], '{"a":1e400}'],
    [['a'], '{"a":1e-9999999999999999}'],
    [['a'], '{"a":"\\ud800"}'],
    [['a'], '{"a":"x\\udfffy"}'],
    [['a', 'text'], '{"a":12345678901234567890}'],
    [['a', 'b'], '{"a":"text"}'],
    [['a', 'length'], '{"a":"text"}'],
    [['a', 'b'], '{"a":null}'],
    [['constructor', 'name'], '{}'],
    [['toString'], '{}'],
    [['x'], '{"__proto__":{"x":"inherited"}}'],
  ])('has no key for %j in %s', (path, text) => {
    let caught: unknown
    try {
      keyOf(path, text)
    } catch (error) {
      caught = error
    }
    expect(caught).toBeInstanceOf(Rejected)
    expect(caught).toMatchObject({ reason: 'no_key', path: path.join('.') })
  })

  it('finds no key in a prototype', () => {
    const router = bySchema({ schema: 's', key: field('a') })
    expect(() => router.route(Object.create({ a: 'inherited' }), message)).toThrow(Rejected)
  })
})
