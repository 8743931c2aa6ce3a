/** The bytes of one entry of a lane on disk: messages with their sources, under a version and a checksum. */
import { crc32 } from 'node:zlib'
import { Unusable } from '../../errors.ts'
import type { Message, SourceInfo } from '../../model.ts'

/**
 * Version 1, big-endian: u8 version · u8 0 · u16 number of sources · u32 CRC-32 of all that follows · u32 number of messages ·
 * per source u32 length, UTF-8 · per message u16 index of its source, u48 receive time (ms), u32 length, u16 length of the
 * cursor, payload, cursor (UTF-8).
 */
const VERSION = 1
const HEADER_BYTES = 12
const MESSAGE_BYTES = 14
const CRC_FROM = 8

/** Finds or makes the source of an id. */
export type SourceOf = (id: string) => SourceInfo

/** Readers by version byte: the present one, and the one before it once there is one. */
const readers: ReadonlyMap<number, (block: Buffer, sourceOf: SourceOf) => Message[]> = new Map([
  [VERSION, readVersion1],
])

/**
 * Writes `messages` into `target` from `start` on, and answers where the block ends. `target` must have room for
 * `blockBytes(messages)`; no more than 65,535 different sources and cursors of no more than 65,535 bytes.
 */
export function writeBlock(messages: readonly Message[], target: Buffer, start: number): number {
  const view = new DataView(target.buffer, target.byteOffset, target.byteLength)
  const sources = indexSources(messages)
  let at = start + HEADER_BYTES
  for (const { id } of sources.keys()) {
    const length = target.write(id, at + 4)
    view.setUint32(at, length)
    at += 4 + length
  }
  for (const message of messages) {
    const { data, receivedAt, cursor } = message
    view.setUint16(at, sources.get(message.source) ?? 0)
    view.setUint16(at + 2, Math.floor(receivedAt / 0x1_0000_0000))
    view.setUint32(at + 4, receivedAt >>> 0)
    view.setUint32(at + 8, data.length)
    const cursorBytes = cursor === undefined ? 0 : target.write(cursor, at + MESSAGE_BYTES + data.length)
    view.setUint16(at + 12, cursorBytes)
    target.set(data, at + MESSAGE_BYTES)
    at += MESSAGE_BYTES + data.length + cursorBytes
  }
  view.setUint8(start, VERSION)
  view.setUint8(start + 1, 0)
  view.setUint16(start + 2, sources.size)
  view.setUint32(start + 8, messages.length)
  view.setUint32(start + 4, crc32(target.subarray(start + CRC_FROM, at)))
  return at
}

/** Bytes that `writeBlock` needs at most. */
export function blockBytes(messages: readonly Message[]): number {
  let bytes = HEADER_BYTES
  for (const { id } of indexSources(messages).keys()) bytes += 4 + 3 * id.length
  for (const { data, cursor } of messages) bytes += MESSAGE_BYTES + data.length + 3 * (cursor?.length ?? 0)
  return bytes
}

/** The messages of a block, in order; their data are slices of it. Throws `Unusable` for a version it does not know and for damage. */
export function readBlock(block: Buffer, sourceOf: SourceOf): Message[] {
  const read = readers.get(block[0] ?? 0)
  if (!read) throw new Unusable(`it holds blocks of format ${block[0] ?? 'none'}, which this version cannot read`)
  if (block.length < HEADER_BYTES || crc32(block.subarray(CRC_FROM)) !== block.readUInt32BE(4)) {
    throw new Unusable('it is damaged: the checksum of a block does not fit its content')
  }
  return read(block, sourceOf)
}

function readVersion1(block: Buffer, sourceOf: SourceOf): Message[] {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength)
  const sources: SourceInfo[] = []
  let at = HEADER_BYTES
  for (let left = view.getUint16(2); left > 0; left--) {
    const length = view.getUint32(at)
    sources.push(sourceOf(block.toString('utf8', at + 4, at + 4 + length)))
    at += 4 + length
  }
  const messages: Message[] = []
  for (let left = view.getUint32(8); left > 0; left--) {
    const source = sources[view.getUint16(at)]
    if (!source) throw new Unusable('it is damaged: a message names no source')
    const receivedAt = view.getUint16(at + 2) * 0x1_0000_0000 + view.getUint32(at + 4)
    const from = at + MESSAGE_BYTES
    const to = from + view.getUint32(at + 8)
    at = to + view.getUint16(at + 12)
    const data = block.subarray(from, to)
    messages.push(
      at === to ? { source, data, receivedAt } : { source, data, receivedAt, cursor: block.toString('utf8', to, at) },
    )
  }
  return messages
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
