import { PassThrough, Writable } from 'node:stream'
import { describe, expect, it } from '@jest/globals'
import type { KafkaRecord } from '../../../app/model.ts'
import { lineSink } from '../../../app/produce/stdout.ts'

const record = (value: string, more: Partial<KafkaRecord> = {}): KafkaRecord => ({
  key: null,
  value: Buffer.from(value),
  timestamp: 1_700_000_000_123,
  ...more,
})

describe('lineSink', () => {
  it('prints one line of JSON for each record', async () => {
    const out = new PassThrough()
    const sink = lineSink(out)
    expect(await sink.describe('any')).toEqual({ partitions: 1, maxMessageBytes: 1_048_588 })
    const headers = [['feed', Buffer.from('f')]] as const
    expect(await sink.write('trades', 0, [record('a\nb', { key: Buffer.from('k'), headers }), record('c')])).toEqual([])
    const lines = String(out.read()).trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        topic: 'trades',
        partition: 0,
        key: 'k',
        timestamp: 1_700_000_000_123,
        bytes: 3,
        value: Buffer.from('a\nb').toString('base64'),
        headers: { feed: 'f' },
      },
      { topic: 'trades', partition: 0, key: null, timestamp: 1_700_000_000_123, bytes: 1, value: 'Yw==' },
    ])
  })

  it('waits until the lines were taken', async () => {
    let take = (): void => {}
    const slow = new Writable({
      write(_chunk, _encoding, done) {
        take = done
      },
    })
    let taken = false
    const write = lineSink(slow)
      .write('t', 0, [record('a')])
      .then(() => (taken = true))
    await new Promise(setImmediate)
    expect(taken).toBe(false)
    take()
    await write
  })

  it('throws Unavailable, and nothing else happens, when the reader has gone', async () => {
    const broken = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
    })
    const sink = lineSink(broken)
    const expected = { name: 'Unavailable', reason: 'connect', message: expect.stringContaining('EPIPE') }
    await expect(sink.write('t', 0, [record('a')])).rejects.toMatchObject(expected)
    await expect(sink.write('t', 0, [record('b')])).rejects.toMatchObject({ name: 'Unavailable', reason: 'connect' })
    await sink.close()
  })
})
