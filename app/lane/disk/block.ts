/** The bytes of a block of a lane on disk: messages with their sources, running numbers, times and extras, under checksums. */
import { crc32 } from 'node:zlib'
import { Unusable } from '../../errors.ts'
import type { Message, SourceInfo } from '../../model.ts'

/**
 * Big-endian. Header: u32 mark · u32 CRC-32 of the rest of the header · u32 CRC-32 of the body · u32 bytes of the body · u32
 * number of messages · u64 running number of the first · u64 number of the last message before this block · u64 the last number
 * that was flushed by then. The checksums begin with a number of the lane, so that no payload can look like a block.
 *
 * Body: u8 version · u8 flags (1: the correction is known) · u16 number of sources · f64 what the receive times lack to the
 * broker's clock (ms) · per source u32 length, UTF-8 · per message u16 index of its source, u48 receive time (ms), u32 length,
 * u16 length of its extras, payload, extras. An extra: u8 length, name, u16 length, value; a reader skips those it does not know.
 */
const MARK = 0x7472_6c62
const VERSION = 2
export const HEADER_BYTES = 44
const FIXED_BYTES = 12
const MESSAGE_BYTES = 14
const KNOWN = 1
/** As its bytes stand in an extra, the length before it included. */
const CURSOR = Buffer.from('\x06cursor')

/** The mark as bytes, to look for. */
export const MARK_BYTES = Buffer.from([MARK >>> 24, (MARK >>> 16) & 0xff, (MARK >>> 8) & 0xff, MARK & 0xff])

/** Finds or makes the source of an id. */
export type SourceOf = (id: string) => SourceInfo

/** What is said of a block as a whole. */
export interface Header {
  readonly messages: number
  /** Running number of its first message; the others follow. */
  readonly first: number
  /** Number of the last message before it; 0 without one. */
  readonly previous: number
  /** The last number that was flushed when it was written. */
  readonly flushed: number
}

/** A header that was read. */
export interface ReadHeader extends Header {
  readonly bodyBytes: number
  readonly bodyCrc: number
}

/**
 * Writes `messages` into `target` from `start` on, and returns where the block ends. `target` must have room for
 * `blockBytes(messages)`. `correctionMs`: what the receive times lack, undefined where it is not known. At most 65,535
 * different sources and extras of 65,535 bytes.
 */
export function writeBlock(
  messages: readonly Message[],
  header: Omit<Header, 'messages'>,
  { seed, correctionMs }: { readonly seed: number; readonly correctionMs: number | undefined },
  target: Buffer,
  start: number,
): number {
  const view = new DataView(target.buffer, target.byteOffset, target.byteLength)
  const sources = indexSources(messages)
  const body = start + HEADER_BYTES
  view.setUint8(body, VERSION)
  view.setUint8(body + 1, correctionMs === undefined ? 0 : KNOWN)
  view.setUint16(body + 2, sources.size)
  view.setFloat64(body + 4, correctionMs ?? 0)
  let at = body + FIXED_BYTES
  for (const { id } of sources.keys()) {
    const length = target.write(id, at + 4)
    view.setUint32(at, length)
    at += 4 + length
  }
  for (const message of messages) {
    const { data, cursor, isCorrected } = message
    // One of an earlier process is corrected already.
    const receivedAt = message.receivedAt - (isCorrected ? (correctionMs ?? 0) : 0)
    view.setUint16(at, sources.get(message.source) ?? 0)
    view.setUint16(at + 2, Math.floor(receivedAt / 0x1_0000_0000))
    view.setUint32(at + 4, receivedAt >>> 0)
    view.setUint32(at + 8, data.length)
    target.set(data, at + MESSAGE_BYTES)
    const extras = cursor === undefined ? 0 : writeCursor(cursor, target, at + MESSAGE_BYTES + data.length)
    view.setUint16(at + 12, extras)
    at += MESSAGE_BYTES + data.length + extras
  }
  view.setUint32(start, MARK)
  view.setUint32(start + 8, crc32(target.subarray(body, at), seed))
  view.setUint32(start + 12, at - body)
  view.setUint32(start + 16, messages.length)
  view.setBigUint64(start + 20, BigInt(header.first))
  view.setBigUint64(start + 28, BigInt(header.previous))
  view.setBigUint64(start + 36, BigInt(header.flushed))
  view.setUint32(start + 4, crc32(target.subarray(start + 8, body), seed))
  return at
}

/** Bytes that `writeBlock` needs at most. */
export function blockBytes(messages: readonly Message[]): number {
  let bytes = HEADER_BYTES + FIXED_BYTES
  for (const { id } of indexSources(messages).keys()) bytes += 4 + 3 * id.length
  for (const { data, cursor } of messages)
    bytes += MESSAGE_BYTES + data.length + (cursor === undefined ? 0 : CURSOR.length + 2 + 3 * cursor.length)
  return bytes
}

/** The header that begins at `at`; undefined when there is none that is whole. */
export function readHeader(bytes: Buffer, at: number, seed: number): ReadHeader | undefined {
  if (at + HEADER_BYTES > bytes.length || bytes.readUInt32BE(at) !== MARK) return undefined
  if (crc32(bytes.subarray(at + 8, at + HEADER_BYTES), seed) !== bytes.readUInt32BE(at + 4)) return undefined
  const number = (from: number): number => Number(bytes.readBigUInt64BE(from))
  return {
    bodyCrc: bytes.readUInt32BE(at + 8),
    bodyBytes: bytes.readUInt32BE(at + 12),
    messages: bytes.readUInt32BE(at + 16),
    first: number(at + 20),
    previous: number(at + 28),
    flushed: number(at + 36),
  }
}

/** The messages of a body whose checksum was right, in order; their data are slices of it. `isEarlier`: of an earlier process, whose clock was another. Throws `Unusable` for a version it does not know. */
export function readBody(body: Buffer, sourceOf: SourceOf, isEarlier: boolean): Message[] {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength)
  const version = view.getUint8(0)
  if (version !== VERSION) throw new Unusable(`it holds blocks of format ${version}, which this version cannot read`)
  const isCorrected = isEarlier && (view.getUint8(1) & KNOWN) !== 0
  const correction = isCorrected ? view.getFloat64(4) : 0
  const sources: SourceInfo[] = []
  let at = FIXED_BYTES
  for (let left = view.getUint16(2); left > 0; left--) {
    const length = view.getUint32(at)
    sources.push(sourceOf(body.toString('utf8', at + 4, at + 4 + length)))
    at += 4 + length
  }
  const messages: Message[] = []
  while (at < body.length) {
    const source = sources[view.getUint16(at)]
    if (!source) throw new Unusable('it is damaged: a message names no source')
    const receivedAt = view.getUint16(at + 2) * 0x1_0000_0000 + view.getUint32(at + 4) + correction
    const from = at + MESSAGE_BYTES
    const to = from + view.getUint32(at + 8)
    const end = to + view.getUint16(at + 12)
    const plain = { source, data: body.subarray(from, to), receivedAt }
    const corrected = isCorrected ? { ...plain, isCorrected } : plain
    const cursor = end === to ? undefined : cursorIn(body.subarray(to, end))
    messages.push(cursor === undefined ? corrected : { ...corrected, cursor })
    at = end
  }
  return messages
}

/** Returns how many bytes it takes. */
function writeCursor(cursor: string, target: Buffer, at: number): number {
  CURSOR.copy(target, at)
  const from = at + CURSOR.length + 2
  const length = target.write(cursor, from)
  target.writeUInt16BE(length, from - 2)
  return from + length - at
}

function cursorIn(extras: Buffer): string | undefined {
  for (let at = 0; at < extras.length; ) {
    const name = at + 1 + extras.readUInt8(at)
    const end = name + 2 + extras.readUInt16BE(name)
    if (extras.subarray(at, name).equals(CURSOR)) return extras.toString('utf8', name + 2, end)
    at = end
  }
  return undefined
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
