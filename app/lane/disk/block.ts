/** Binary format of a block: messages with numbers, sources, times and extras, after a version and a checksum. */
import { crc32 } from 'node:zlib'
import type { Message, SourceInfo } from '../../model.ts'
import type { Part } from '../batch.ts'
import { EXTRA_BYTES, writeExtra } from './extras.ts'

/**
 * Version 2, big-endian: u8 version · u8 0 · u16 number of sources · u32 CRC-32 of the first four bytes and of all
 * bytes after the checksum · u32 number of messages · u64 running number of the first message · u16 length of the
 * block's extras, extras · per source u32 length, UTF-8 · per message u16 index of its source, u48 receive time (ms),
 * u32 length, u16 length of its extras, payload, extras.
 */
export const BLOCK_VERSION = 2
export const BLOCK_HEADER_BYTES = 22
export const MESSAGE_BYTES = 14
const CRC_FROM = 8
/** Factor of the high half of a 64-bit or 48-bit integer. */
export const U32 = 0x1_0000_0000
/**
 * Extra of a block: the correction from receive times to the broker's clock at the time of writing, f64 in
 * milliseconds. Absent while unknown.
 */
export const CORRECTION = 'correction'
const CORRECTION_BYTES = 8
/**
 * Extras of a message: `corrected` (empty) if its receive time was corrected before the write, and its cursor (UTF-8).
 */
export const CORRECTED = 'corrected'
export const CURSOR = 'cursor'
/** Longer cursors are omitted; a resume then starts at an earlier message's cursor. */
const MOST_CURSOR_BYTES = 1_024

/**
 * Writes `messages` to `target` at `start`. Returns the end of the block. `target` needs room for
 * `blockBytes(messages)`. At most 65,535 distinct sources.
 * `correctionMs`: correction to the broker's clock; undefined while unknown.
 */
export function writeBlock(
  { first, messages }: Part,
  correctionMs: number | undefined,
  target: Buffer,
  start: number,
): number {
  const view = new DataView(target.buffer, target.byteOffset, target.byteLength)
  const sources = indexSources(messages)
  let at = start + BLOCK_HEADER_BYTES
  if (correctionMs !== undefined)
    at = writeExtra(target, at, CORRECTION, (from) => target.writeDoubleBE(correctionMs, from) - from)
  const extras = at - start - BLOCK_HEADER_BYTES
  for (const { id } of sources.keys()) {
    const length = target.write(id, at + 4)
    view.setUint32(at, length)
    at += 4 + length
  }
  for (const message of messages) {
    const { data, receivedAt, cursor, isCorrected } = message
    view.setUint16(at, sources.get(message.source) ?? 0)
    view.setUint16(at + 2, Math.floor(receivedAt / U32))
    view.setUint32(at + 4, receivedAt >>> 0)
    view.setUint32(at + 8, data.length)
    target.set(data, at + MESSAGE_BYTES)
    const end = at + MESSAGE_BYTES + data.length
    const hasExtras = cursor !== undefined || isCorrected === true
    const next = hasExtras ? writeMessageExtras(message, target, end) : end
    view.setUint16(at + 12, next - end)
    at = next
  }
  view.setUint8(start, BLOCK_VERSION)
  view.setUint8(start + 1, 0)
  view.setUint16(start + 2, sources.size)
  view.setUint32(start + 8, messages.length)
  view.setUint32(start + 12, Math.floor(first / U32))
  view.setUint32(start + 16, first >>> 0)
  view.setUint16(start + 20, extras)
  view.setUint32(start + 4, blockChecksum(target.subarray(start, at)))
  return at
}

/** Upper bound of the bytes that `writeBlock` needs. */
export function blockBytes(messages: readonly Message[]): number {
  let bytes = BLOCK_HEADER_BYTES + EXTRA_BYTES + CORRECTION.length + CORRECTION_BYTES
  for (const { id } of indexSources(messages).keys()) bytes += 4 + 3 * id.length
  for (const { data, cursor, isCorrected } of messages) {
    bytes += MESSAGE_BYTES + data.length
    if (cursor !== undefined) bytes += EXTRA_BYTES + CURSOR.length + MOST_CURSOR_BYTES
    if (isCorrected) bytes += EXTRA_BYTES + CORRECTED.length
  }
  return bytes
}

/** CRC-32 of a block without its checksum field. */
export function blockChecksum(block: Buffer): number {
  return crc32(block.subarray(CRC_FROM), crc32(block.subarray(0, 4)))
}

function writeMessageExtras({ cursor, isCorrected }: Message, target: Buffer, start: number): number {
  let at = start
  if (isCorrected) at = writeExtra(target, at, CORRECTED, () => 0)
  if (cursor !== undefined && Buffer.byteLength(cursor) <= MOST_CURSOR_BYTES)
    at = writeExtra(target, at, CURSOR, (from) => target.write(cursor, from))
  return at
}

function indexSources(messages: readonly Message[]): Map<SourceInfo, number> {
  const sources = new Map<SourceInfo, number>()
  let last: SourceInfo | undefined
  for (const { source } of messages) {
    if (source === last) continue
    last = source
    if (!sources.has(source)) sources.set(source, sources.size)
  }
  return sources
}
