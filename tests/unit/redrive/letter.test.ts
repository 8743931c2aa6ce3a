import { describe, expect, it } from '@jest/globals'
import { letterOf } from '../../../app/redrive/letter.ts'
import { stored } from '../../support/stored-records.ts'

const message = '{"größe":1}'

describe('letterOf', () => {
  it('reads what the daemon wrote', () => {
    const record = stored({
      message,
      feed: 'quotes',
      source: 'ws://a',
      reason: 'no_key',
      receivedAt: 1_700_000_000_123,
      document: 3,
    })
    expect(letterOf({ ...record, timestamp: 5 })).toEqual({
      feed: 'quotes',
      sourceId: 'ws://a',
      reason: 'no_key',
      receivedAt: 1_700_000_000_123,
      data: Buffer.from(message),
      document: 3,
      flaw: undefined,
    })
  })

  it.each([
    ['truncated', { value: Buffer.from(message.slice(0, 3)) }],
    ['truncated', { value: null }],
    ['damaged', { value: Buffer.from('{"GRÖSSE":1}') }],
    ['damaged', { value: Buffer.from(`${message} `) }],
    ['damaged', { headers: { 'tributary-sha256': undefined } }],
    ['damaged', { headers: { 'tributary-sha256': 'no hash' } }],
    ['damaged', { headers: { 'tributary-length': undefined } }],
    ['foreign', { headers: { 'tributary-feed': undefined } }],
    ['foreign', { headers: { 'tributary-reason': undefined } }],
    [undefined, { headers: { 'tributary-document': undefined, 'tributary-schema-id': undefined } }],
  ])('says %s of %j', (flaw, over) => {
    expect(letterOf(stored({ message, ...over })).flaw).toBe(flaw)
  })

  it('takes an empty message for what it is', () => {
    expect(letterOf(stored({ message: '' })).flaw).toBeUndefined()
    expect(letterOf(stored({ message: '', value: null })).flaw).toBeUndefined()
  })

  it('falls back to the time of the record, and keeps foreign names fit to print', () => {
    const record = stored({
      message,
      receivedAt: 42,
      headers: { 'tributary-received-at': 'noon', 'tributary-feed': 'a\u001b[31mb' },
    })
    expect(letterOf(record)).toMatchObject({ receivedAt: 42, feed: 'a [31mb' })
  })
})
