import { describe, expect, it } from '@jest/globals'
import { documentsOf, lettersOf } from '../../../app/redrive/letter.ts'
import { stored } from '../../support/stored-records.ts'

const message = '{"größe":1}'

const letterOf = (record: Parameters<typeof lettersOf>[0]) => lettersOf(record)[0]

describe('lettersOf', () => {
  it('reads what the daemon wrote', () => {
    const record = stored({
      message,
      feed: 'quotes',
      source: 'ws://a',
      reason: 'no_key',
      receivedAt: 1_700_000_000_123,
      document: 3,
    })
    const letter = letterOf({ ...record, timestamp: 5 })
    expect(letter?.numbers?.toString()).toBe('3')
    expect(letter).toMatchObject({
      feed: 'quotes',
      sourceId: 'ws://a',
      reason: 'no_key',
      receivedAt: 1_700_000_000_123,
      data: Buffer.from(message),
      shape: undefined,
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
    expect(letterOf(stored({ message, ...over }))?.flaw).toBe(flaw)
  })

  it('takes an empty message for what it is', () => {
    expect(letterOf(stored({ message: '' }))?.flaw).toBeUndefined()
    expect(letterOf(stored({ message: '', value: null }))?.flaw).toBeUndefined()
  })

  it('falls back to the time of the record, and keeps foreign names fit to print', () => {
    const record = stored({
      message,
      receivedAt: 42,
      headers: { 'tributary-received-at': 'noon', 'tributary-feed': 'a\u001b[31mb' },
    })
    expect(letterOf(record)).toMatchObject({ receivedAt: 42, feed: 'a [31mb' })
  })
  it('makes a letter of each reason, with the numbers of its documents', () => {
    const record = stored({
      message,
      reason: 'no_key',
      headers: {
        'tributary-document': '0-4,7',
        'tributary-documents': '{"no_key":"0-3","bad_value":"4,7"}',
        'tributary-shape': 'abc',
      },
    })
    const letters = lettersOf(record)
    expect(letters.map(({ reason, numbers, shape }) => [reason, `${numbers}`, shape])).toEqual([
      ['no_key', '0-3', 'abc'],
      ['bad_value', '4,7', 'abc'],
    ])
    expect(letters.map(documentsOf)).toEqual([4, 2])
    expect(lettersOf(record, true)).toMatchObject([{ reason: 'no_key', numbers: undefined }])
  })

  it.each([
    { 'tributary-document': 'all' },
    { 'tributary-document': '3-1' },
    { 'tributary-document': '0-4', 'tributary-documents': '[1' },
    { 'tributary-document': '0-4', 'tributary-documents': '{}' },
    { 'tributary-document': '0-4', 'tributary-documents': '{"no_key":"4-0"}' },
    { 'tributary-document': '0-4', 'tributary-documents': '{"no_key":{}}' },
    { 'tributary-document': '0-4', 'tributary-documents': '7' },
  ])('takes numbers that are none, %j, for those of somebody else', (headers) => {
    expect(lettersOf(stored({ message, headers }))).toMatchObject([{ flaw: 'foreign' }])
  })
})
