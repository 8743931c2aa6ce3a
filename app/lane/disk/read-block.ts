/** Reads a block back, of this version or of the one before it. */
import { crc32 } from 'node:zlib'
import { Unusable } from '../../errors.ts'
import type { Message, SourceInfo } from '../../model.ts'
import type { Part } from '../batch.ts'
import { CORRECTED, CORRECTION, CURSOR, checksum, HEADER_BYTES, MESSAGE_BYTES, VERSION } from './block.ts'
import { readExtras } from './extras.ts'

/**
 * Version 1, which 0.1.0 wrote: u8 version · u8 0 · u16 number of sources · u32 CRC-32 of all that follows · u32 number of
 * messages · sources and messages as in version 2, but a message has a cursor (UTF-8) in the place of extras.
 */
const VERSION_1 = 1
const HEADER_1_BYTES = 12
/** More messages than a block of version 1 held. It has no running number, so it goes by its key, which stays the same whatever is forgotten before it. */
const NUMBERS_PER_KEY = 2 ** 16
const U32 = 0x1_0000_0000

/** Finds or makes the source of an id. */
export type SourceOf = (id: string) => SourceInfo

/** How to read a block. */
export interface ReadOptions {
  readonly sourceOf: SourceOf
  /** An earlier process wrote it, by another clock: its receive times are corrected by what that process knew. */
  readonly isEarlier: boolean
}

/** Where the messages of a block begin, and what to make of what follows a payload. */
interface Layout {
  readonly start: number
  readonly correctionMs: number | undefined
  readonly extended: (message: Message, storedAt: number, from: number, to: number) => Message
}

/**
 * The messages of the block under `key`, in order, and the running number of the first; their data are slices of it. Throws
 * `Unusable` for a version it does not know and for damage.
 */
export function readBlock(block: Buffer, key: number, { sourceOf, isEarlier }: ReadOptions): Part {
  const version = block[0]
  switch (version) {
    case VERSION_1:
      check(block, HEADER_1_BYTES, () => crc32(block.subarray(8)))
      return { first: key * NUMBERS_PER_KEY, messages: readMessages(block, layoutOf1(block), sourceOf) }
    case VERSION:
      check(block, HEADER_BYTES, () => checksum(block))
      return {
        first: block.readUInt32BE(12) * U32 + block.readUInt32BE(16),
        messages: readMessages(block, layoutOf(block, isEarlier), sourceOf),
      }
    default:
      throw new Unusable(`it holds blocks of format ${version ?? 'none'}, which this version cannot read`)
  }
}

function check(block: Buffer, headerBytes: number, expected: () => number): void {
  if (block.length < headerBytes || expected() !== block.readUInt32BE(4)) {
    throw new Unusable('it is damaged: the checksum of a block does not fit its content')
  }
}

function layoutOf1(block: Buffer): Layout {
  return {
    start: HEADER_1_BYTES,
    correctionMs: undefined,
    extended: (message, _, from, to) => ({ ...message, cursor: block.toString('utf8', from, to) }),
  }
}

function layoutOf(block: Buffer, isEarlier: boolean): Layout {
  const start = HEADER_BYTES + block.readUInt16BE(20)
  let correctionMs: number | undefined
  readExtras(block, HEADER_BYTES, start, (name, from) => {
    if (name === CORRECTION && isEarlier) correctionMs = block.readDoubleBE(from)
  })
  const extended: Layout['extended'] = (message, storedAt, from, to) => {
    let all = message
    readExtras(block, from, to, (name, valueFrom, valueTo) => {
      if (name === CURSOR) all = { ...all, cursor: block.toString('utf8', valueFrom, valueTo) }
      if (name === CORRECTED) all = { ...all, receivedAt: storedAt, isCorrected: true }
    })
    return all
  }
  return { start, correctionMs, extended }
}

function readMessages(block: Buffer, { start, correctionMs, extended }: Layout, sourceOf: SourceOf): Message[] {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength)
  const sources: SourceInfo[] = []
  let at = start
  for (let left = view.getUint16(2); left > 0; left--) {
    const length = view.getUint32(at)
    sources.push(sourceOf(block.toString('utf8', at + 4, at + 4 + length)))
    at += 4 + length
  }
  const messages: Message[] = []
  for (let left = view.getUint32(8); left > 0; left--) {
    const source = sources[view.getUint16(at)]
    if (!source) throw new Unusable('it is damaged: a message names no source')
    const receivedAt = view.getUint16(at + 2) * U32 + view.getUint32(at + 4)
    const from = at + MESSAGE_BYTES
    const to = from + view.getUint32(at + 8)
    at = to + view.getUint16(at + 12)
    const data = block.subarray(from, to)
    const message =
      correctionMs === undefined
        ? { source, data, receivedAt }
        : { source, data, receivedAt: receivedAt + correctionMs, isCorrected: true }
    messages.push(at === to ? message : extended(message, receivedAt, to, at))
  }
  return messages
}
