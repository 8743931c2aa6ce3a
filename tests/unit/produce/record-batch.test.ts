/** Record batches as Kafka's other clients read and write them. */
import { describe, expect, it } from '@jest/globals'
import { crc32c, createRecordsBatch, Reader, readRecordsBatch } from '@platformatic/kafka'
import type { KafkaRecord } from '../../../app/model.ts'
import { recordBatch } from '../../../app/produce/record-batch.ts'
import { BATCH_OVERHEAD_BYTES, sizeRefusal } from '../../../app/produce/record-size.ts'

const T = 1_700_000_000_000

function record(changes: Partial<KafkaRecord> = {}): KafkaRecord {
  return { key: Buffer.from('key'), value: Buffer.from('value'), timestamp: T, ...changes }
}

/** What a reader makes of the batch, in the shape of what was given. */
function readBack(batch: Buffer): KafkaRecord[] {
  const { firstTimestamp, records } = readRecordsBatch(Reader.from(batch))
  return records.map(({ key, value, timestampDelta, headers }) => ({
    key,
    value,
    timestamp: Number(firstTimestamp + timestampDelta),
    headers: headers.map(([name, content]) => [String(name), content]),
  })) as KafkaRecord[]
}

const shapes: readonly (readonly [string, readonly KafkaRecord[]])[] = [
  ['one record', [record()]],
  [
    'no key, an empty key, an empty value',
    [record({ key: null }), record({ key: Buffer.alloc(0) }), record({ value: Buffer.alloc(0) })],
  ],
  [
    'times that go forth and back',
    [0, 1, -1, 63, 64, -64, -65, 2 ** 31 - 1, -(2 ** 31)].map((by) => record({ timestamp: T + by })),
  ],
  [
    'lengths around those of their own lengths',
    [0, 1, 23, 24, 25, 62, 63, 64, 65, 8_190, 8_191, 8_192, 8_193, 1_100_000].map((length) =>
      record({ value: Buffer.alloc(length, 7) }),
    ),
  ],
  [
    'headers, a name twice',
    [
      record({
        headers: [
          ['a', Buffer.from('1')],
          ['a', Buffer.alloc(0)],
          ['ü', Buffer.alloc(100, 1)],
        ],
      }),
    ],
  ],
  [
    'many records',
    Array.from({ length: 9_000 }, (_, at) => record({ value: Buffer.from(String(at)), timestamp: T + at })),
  ],
]

/** Bytes as text: much faster to compare. */
function shown(records: readonly KafkaRecord[]): unknown {
  return records.map(({ key, value, timestamp, headers = [] }) => ({
    key: key?.toString('base64'),
    value: value.toString('base64'),
    timestamp,
    headers: headers.map(([name, content]) => [name, content.toString('base64')]),
  }))
}

/** Of times as far apart as these the other client writes other ones. */
const farApart = [0, 2 ** 31, 2 ** 40, -(2 ** 40)].map((by) => record({ timestamp: T + by }))
const all: typeof shapes = [...shapes, ['times far apart', farApart]]

describe('a record batch', () => {
  it.each(all)('is read as it was given: %s', (_, records) => {
    expect(shown(readBack(recordBatch(records, crc32c)))).toEqual(shown(records))
  })

  it.each(all)('has the head and checksum of the other client, without producer and sequence: %s', (_, records) => {
    const batch = recordBatch(records, crc32c)
    const { records: _records, ...head } = readRecordsBatch(Reader.from(batch))
    const times = records.map(({ timestamp }) => timestamp)
    expect(head).toEqual({
      firstOffset: 0n,
      length: batch.length - 12,
      partitionLeaderEpoch: 0,
      magic: 2,
      crc: crc32c(batch.subarray(21)),
      attributes: 0,
      lastOffsetDelta: records.length - 1,
      firstTimestamp: BigInt(times[0] ?? 0),
      maxTimestamp: BigInt(Math.max(...times)),
      producerId: -1n,
      producerEpoch: -1,
      firstSequence: -1,
    })
  })

  it.each(shapes)('is byte for byte what the other client writes behind the head: %s', (_, records) => {
    const messages = records.map(({ key, value, timestamp, headers = [] }) => ({
      topic: 't',
      key: key ?? undefined,
      value,
      timestamp: BigInt(timestamp),
      // Names that are given twice are kept by a Map of Buffers.
      headers: new Map(headers.map(([name, content]) => [Buffer.from(name), content])),
    }))
    const other = createRecordsBatch(messages as unknown as Parameters<typeof createRecordsBatch>[0]).buffer
    const own = recordBatch(records, crc32c)
    expect(own.subarray(BATCH_OVERHEAD_BYTES).equals(other.subarray(BATCH_OVERHEAD_BYTES))).toBe(true)
  })

  it('is never longer than was reckoned for it', () => {
    for (const [, records] of shapes) {
      for (const one of records) {
        const { length } = recordBatch([one], crc32c)
        expect(sizeRefusal(one, { partitions: 1, maxMessageBytes: length })).toBeUndefined()
        expect(sizeRefusal(one, { partitions: 1, maxMessageBytes: length - 1 })).toMatchObject({ reason: 'too_large' })
      }
    }
  })
})
