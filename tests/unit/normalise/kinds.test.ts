/** The two normalisers: what they change, and that they change nothing else. */
import { describe, expect, it } from '@jest/globals'
import { Rejected } from '../../../app/errors.ts'
import { parseExactly } from '../../../app/lib/lossless-json.ts'
import type { Document } from '../../../app/model.ts'
import { delivery } from '../../../app/normalise/delivery.ts'
import { verifiableCredential } from '../../../app/normalise/verifiable-credential.ts'

const frozen = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen)
  return value
}
const document = (text: string): Document => frozen(parseExactly(text)) as Document

describe('verifiable-credential', () => {
  it('renames @context and leaves the rest byte for byte', () => {
    const input = document(
      '{"symbol":"A","tradeCredential":{"@context":["https://c"],"id":"vc:1","proof":{"jwt":"e.y.J","@context":1}}}',
    )
    expect(verifiableCredential(input)).toEqual({
      symbol: 'A',
      tradeCredential: { context: ['https://c'], id: 'vc:1', proof: { jwt: 'e.y.J', '@context': 1 } },
    })
    expect(Object.keys(input.tradeCredential as object)).toContain('@context')
  })

  it('lets @context win over a context', () => {
    expect(verifiableCredential(document('{"tradeCredential":{"context":["old"],"@context":["signed"]}}'))).toEqual({
      tradeCredential: { context: ['signed'] },
    })
  })

  it.each([
    '{}',
    '{"@context":1}',
    '{"tradeData":{"@context":1}}',
    '{"tradeCredential":null}',
    '{"tradeCredential":"@context"}',
    '{"tradeCredential":[{"@context":1}]}',
    '{"tradeCredential":{"context":1}}',
    '{"__proto__":{"tradeCredential":{"@context":1}}}',
  ])('returns %s itself', (text) => {
    const input = document(text)
    expect(verifiableCredential(input)).toBe(input)
  })

  it('keeps __proto__ keys as plain properties', () => {
    const output = verifiableCredential(
      document('{"__proto__":{"a":1},"tradeCredential":{"@context":1,"__proto__":{"id":"x"}}}'),
    )
    const credential = output.tradeCredential as Document
    expect(Object.getPrototypeOf(output)).toBe(Object.prototype)
    expect(Object.getPrototypeOf(credential)).toBe(Object.prototype)
    expect(Object.keys(credential).sort()).toEqual(['__proto__', 'context'])
    expect(credential.id).toBeUndefined()
  })
})

describe('delivery', () => {
  const target = '{"device_id":"d","order_id":"o-1","timestamp":"2025-01-19T12:34:56.789Z","status":"started"}'

  it('returns what is normalised already as it is', () => {
    const input = document(target)
    expect(delivery(input)).toBe(input)
  })

  it('renames and rewrites, and keeps the rest', () => {
    const input = document(
      '{"device_id":"d","order_number":"o-1","timestamp":1737290096.789,"status":"started","x":{"order_number":1}}',
    )
    expect(delivery(input)).toEqual({ ...JSON.parse(target), x: { order_number: 1 } })
  })

  it.each<[string, Document]>([
    ['{"order_number":17}', { order_id: '17' }],
    ['{"order_id":17}', { order_id: '17' }],
    ['{"order_number":null}', { order_id: null }],
    ['{"order_number":9007199254740993}', { order_id: '9007199254740993' }],
    ['{"order_number":123140716701236887569077664}', { order_id: '123140716701236887569077664' }],
    ['{"order_id":-12345678901234567890}', { order_id: '-12345678901234567890' }],
    ['{"order_number":1e18}', { order_id: '1000000000000000000' }],
    ['{"order_number":-0}', { order_id: '0' }],
    ['{"order_number":1.5}', { order_id: 1.5 }],
    ['{"order_number":"n","order_id":"i"}', { order_number: 'n', order_id: 'i' }],
    ['{"device_id":"d"}', { device_id: 'd' }],
  ])('%s', (text, expected) => {
    expect(delivery(document(text))).toEqual(expected)
  })

  it.each(['1e-400', '1.00000000000000000001', '1e400'])(
    'leaves an order number %s for the schema to refuse',
    (text) => {
      const input = document(`{"order_number":${text}}`)
      expect(delivery(input).order_id).toBe(input.order_number)
    },
  )

  it('keeps a __proto__ key as a plain property', () => {
    const output = delivery(document('{"__proto__":{"order_id":"x"},"order_number":"n","timestamp":0}'))
    expect(Object.getPrototypeOf(output)).toBe(Object.prototype)
    expect(output.order_id).toBe('n')
  })

  it.each(['null', '"secret rubbish"', '{}', '-5', '1e400'])('refuses the timestamp %s without quoting it', (value) => {
    let caught: unknown
    try {
      delivery(document(`{"timestamp":${value}}`))
    } catch (error) {
      caught = error
    }
    expect(caught).toBeInstanceOf(Rejected)
    expect(caught).toMatchObject({ reason: 'bad_value', path: 'timestamp' })
    expect((caught as Rejected).message).not.toContain('secret')
  })
})
