/** Records as the record batch that Kafka keeps (magic 2, KIP-98), uncompressed, written into one piece of memory. */
import type { KafkaRecord } from '../model.ts'
import { BATCH_OVERHEAD_BYTES, recordBytes, varintBytes } from './record-size.ts'

/** CRC-32C of the bytes, unsigned. */
export type Checksum = (bytes: Uint8Array) => number

/** Where the fields of the head begin. */
const HEAD = {
  baseOffset: 0,
  length: 8,
  leaderEpoch: 12,
  magic: 16,
  checksum: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  firstTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  firstSequence: 53,
  records: 57,
} as const
const MAGIC = 2
const NULL = -1
/** Up to so many bytes a loop is faster than a call into the engine. */
const SHORT = 24

/** Memory of at least so many bytes. */
export type Memory = (bytes: number) => Buffer

/**
 * One batch of all `records` (at least one), without producer id and sequence, in memory asked for once. The broker gives
 * it its offset.
 */
export function recordBatch(
  records: readonly KafkaRecord[],
  checksum: Checksum,
  memory: Memory = Buffer.allocUnsafeSlow,
): Buffer {
  let room = BATCH_OVERHEAD_BYTES
  for (const record of records) room += recordBytes(record)
  const batch = memory(room)
  const first = records[0]?.timestamp ?? 0
  let latest = first
  let end = BATCH_OVERHEAD_BYTES
  let index = 0
  for (const record of records) {
    if (record.timestamp > latest) latest = record.timestamp
    end = writeRecord(batch, end, record, record.timestamp - first, index++)
  }
  const whole = batch.subarray(0, end)
  writeHead(whole, records.length, first, latest)
  whole.writeUInt32BE(checksum(whole.subarray(HEAD.attributes)), HEAD.checksum)
  return whole
}

function writeHead(batch: Buffer, records: number, first: number, latest: number): void {
  batch.writeBigInt64BE(0n, HEAD.baseOffset)
  batch.writeInt32BE(batch.length - HEAD.leaderEpoch, HEAD.length)
  batch.writeInt32BE(0, HEAD.leaderEpoch)
  batch.writeInt8(MAGIC, HEAD.magic)
  batch.writeInt16BE(0, HEAD.attributes)
  batch.writeInt32BE(records - 1, HEAD.lastOffsetDelta)
  batch.writeBigInt64BE(BigInt(first), HEAD.firstTimestamp)
  batch.writeBigInt64BE(BigInt(latest), HEAD.maxTimestamp)
  batch.writeBigInt64BE(-1n, HEAD.producerId)
  batch.writeInt16BE(-1, HEAD.producerEpoch)
  batch.writeInt32BE(-1, HEAD.firstSequence)
  batch.writeInt32BE(records, HEAD.records)
}

/** Answers the end. */
function writeRecord(batch: Buffer, start: number, record: KafkaRecord, sinceFirst: number, index: number): number {
  const { key, value, headers = [] } = record
  let at = writeVarint(batch, start, bodyBytes(record, sinceFirst, index))
  batch[at++] = 0
  at = writeVarint(batch, at, sinceFirst)
  at = writeVarint(batch, at, index)
  at = key ? writeBytes(batch, at, key) : writeVarint(batch, at, NULL)
  at = writeBytes(batch, at, value)
  at = writeVarint(batch, at, headers.length)
  for (const [name, content] of headers) at = writeBytes(batch, writeBytes(batch, at, Buffer.from(name)), content)
  return at
}

function bodyBytes({ key, value, headers = [] }: KafkaRecord, sinceFirst: number, index: number): number {
  let bytes = 1 + varintBytes(sinceFirst) + varintBytes(index) + varintBytes(headers.length)
  bytes += key ? sized(key.length) : 1
  bytes += sized(value.length)
  for (const [name, content] of headers) bytes += sized(Buffer.byteLength(name)) + sized(content.length)
  return bytes
}

/** A length-prefixed field. */
function sized(length: number): number {
  return varintBytes(length) + length
}

function writeBytes(batch: Buffer, start: number, bytes: Buffer): number {
  const { length } = bytes
  const at = writeVarint(batch, start, length)
  if (length > SHORT) batch.set(bytes, at)
  else for (let i = 0; i < length; i++) batch[at + i] = bytes[i] as number
  return at + length
}

/** Zigzag, seven bits a byte; exact for all safe integers up to 2^52. */
function writeVarint(batch: Buffer, start: number, value: number): number {
  let rest = value < 0 ? -2 * value - 1 : 2 * value
  let at = start
  for (; rest > 127; rest = Math.floor(rest / 128)) batch[at++] = (rest % 128) + 128
  batch[at++] = rest
  return at
}
