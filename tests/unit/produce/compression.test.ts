/** Compressed batches as another client reads them. */
import { describe, expect, it } from '@jest/globals'
import { crc32c, Reader, readRecordsBatch } from '@platformatic/kafka'
import { compressBatch, nodeCodecs } from '../../../app/produce/compression.ts'
import { recordBatch } from '../../../app/produce/record-batch.ts'

const texts = Array.from({ length: 1_000 }, (_, i) => `the same again and again ${i}`)
const plain = recordBatch(
  texts.map((text, i) => ({ key: null, value: Buffer.from(text), timestamp: 1_700_000_000_000 + i })),
  crc32c,
)

describe.each(Object.entries(nodeCodecs))('a batch compressed by %s', (_name, codec) => {
  it('is smaller and holds the same records under the same head', async () => {
    const batch = await compressBatch(plain, codec, crc32c)
    expect(batch.length).toBeLessThan(plain.length / 2)
    const { records, firstTimestamp, maxTimestamp, length, crc } = readRecordsBatch(Reader.from(batch))
    expect(records.map(({ value }) => String(value))).toEqual(texts)
    expect([firstTimestamp, maxTimestamp, length]).toEqual([1_700_000_000_000n, 1_700_000_000_999n, batch.length - 12])
    expect(crc >>> 0).toBe(crc32c(batch.subarray(21)) >>> 0)
  })

  it('leaves the plain batch as it was', async () => {
    const before = Buffer.from(plain)
    await compressBatch(plain, codec, crc32c)
    expect(plain.equals(before)).toBe(true)
  })
})
