/** Where documents go: topic, subject, key and the hash that chooses the partition. */
import { describe, expect, it } from '@jest/globals'
import type { KeyRule } from '../../../app/config/types.ts'
import { Rejected } from '../../../app/errors.ts'
import type { Document, Message } from '../../../app/model.ts'
import { bySchema } from '../../../app/route/by-schema.ts'

const from = (id: string, hash: number): Message => ({
  source: { feed: 'f', id, shown: id, hash },
  data: Buffer.alloc(0),
  receivedAt: 0,
})
const message = from('ws://h/', 7)
const field = (...path: string[]): KeyRule => ({ kind: 'field', path })
const keyOf = (path: string[], text: string): string | undefined =>
  bySchema({ schema: 's', key: field(...path) })
    .route(JSON.parse(text) as Document, message)
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
    [['__proto__'], '{"__proto__":"own"}', 'own'],
  ])('finds %j in %s', (path, text, expected) => {
    expect(keyOf(path, text)).toBe(expected)
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
