/** Bytes of a record inside a record batch of magic 2 (KIP-98), so that limits are checked before the broker does. */
import type { KafkaRecord, Refusal, TopicInfo } from '../model.ts'

/** Base offset to record count: what a batch costs before its first record. */
export const BATCH_OVERHEAD_BYTES = 61

/** Most that length, attributes, timestamp delta, offset delta, key length, value length and header count take. */
const RECORD_OVERHEAD_BYTES = 5 + 1 + 10 + 5 + 5 + 5 + 5

const RAISE = "raise the topic's max.message.bytes"

/** An upper bound of the record's bytes in a batch, cheap enough to ask for each record. */
export function recordBytes({ key, value, headers }: KafkaRecord): number {
  let bytes = RECORD_OVERHEAD_BYTES + (key?.length ?? 0) + value.length
  if (headers) for (const [name, content] of headers) bytes += 10 + Buffer.byteLength(name) + content.length
  return bytes
}

/** The refusal of a record that is larger than the topic takes in a batch of its own; exact at the limit. */
export function sizeRefusal(
  record: KafkaRecord,
  { maxMessageBytes, sizeCure = RAISE }: TopicInfo,
): Refusal | undefined {
  if (BATCH_OVERHEAD_BYTES + recordBytes(record) <= maxMessageBytes) return undefined
  const body = 3 + sized(record.key?.length ?? -1) + sized(record.value.length) + headerBytes(record)
  const bytes = BATCH_OVERHEAD_BYTES + varintBytes(body) + body
  if (bytes <= maxMessageBytes) return undefined
  const detail = `${bytes} bytes, and the topic takes ${maxMessageBytes}; ${sizeCure}`
  return { index: 0, reason: 'too_large', detail }
}

/** How many records of such sizes, in bytes, a batch of `limit` bytes takes from the front; at least one. */
export function countWithin(sizes: readonly number[], limit: number): number {
  let bytes = BATCH_OVERHEAD_BYTES
  let count = 0
  for (const size of sizes) {
    bytes += size
    if (count > 0 && bytes > limit) break
    count++
  }
  return count
}

function headerBytes({ headers = [] }: KafkaRecord): number {
  let bytes = varintBytes(headers.length)
  for (const [name, content] of headers) bytes += sized(Buffer.byteLength(name)) + sized(content.length)
  return bytes
}

/** A length-prefixed field; -1 stands for null. */
function sized(length: number): number {
  return varintBytes(length) + Math.max(0, length)
}

/** Bytes of a zigzag varint. */
export function varintBytes(value: number): number {
  let rest = value < 0 ? -2 * value - 1 : 2 * value
  let bytes = 1
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes++
  return bytes
}
