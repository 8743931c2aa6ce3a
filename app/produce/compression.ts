/** Record batches made smaller before they are sent. */
import { promisify } from 'node:util'
import { gzip, zstdCompress } from 'node:zlib'
import type { Checksum } from './record-batch.ts'
import { BATCH_OVERHEAD_BYTES } from './record-size.ts'

/** A compression as Kafka knows it: `id` is what stands in the attributes of a batch (KIP-98, zstd: KIP-110). */
export interface Codec {
  readonly id: number
  compress(bytes: Buffer): Buffer | Promise<Buffer>
}

/** Those that Node brings along; they work on threads of its pool. */
export const nodeCodecs = {
  gzip: { id: 1, compress: promisify<Buffer, Buffer>(gzip) },
  zstd: { id: 4, compress: promisify<Buffer, Buffer>(zstdCompress) },
} as const satisfies Record<string, Codec>

const LENGTH_AT = 8
const LENGTH_FROM = 12
const CHECKSUM_AT = 17
const ATTRIBUTES_AT = 21

/** The same batch (magic 2) with its records compressed: all behind the head is, the head says so. */
export async function compressBatch(batch: Buffer, { id, compress }: Codec, checksum: Checksum): Promise<Buffer> {
  const records = await compress(batch.subarray(BATCH_OVERHEAD_BYTES))
  const smaller = Buffer.concat([batch.subarray(0, BATCH_OVERHEAD_BYTES), records])
  smaller.writeInt32BE(smaller.length - LENGTH_FROM, LENGTH_AT)
  smaller.writeInt16BE(id, ATTRIBUTES_AT)
  smaller.writeUInt32BE(checksum(smaller.subarray(ATTRIBUTES_AT)), CHECKSUM_AT)
  return smaller
}
