/** Reads blocks of the current and the previous format. */
import { crc32 } from 'node:zlib'
import { Unusable } from '../../errors.ts'
import type { Message, SourceInfo } from '../../model.ts'
import type { Part } from '../batch.ts'
import {
  BLOCK_HEADER_BYTES,
  BLOCK_VERSION,
  blockChecksum,
  CORRECTED,
  CORRECTION,
  CURSOR,
  MESSAGE_BYTES,
  U32,
} from './block.ts'
import { readExtras } from './extras.ts'

/**
 * Version 1, written by 0.1.0: u8 version · u8 0 · u16 number of sources · u32 CRC-32 of all following bytes · u32
 * number of messages · sources and messages as in version 2, except for a cursor (UTF-8) in place of a message's
 * extras.
 */
const VERSION_1 = 1
const HEADER_1_BYTES = 12
/**
 * More than the messages of any block of version 1. Such blocks have no running number; one is derived from the key,
 * which never changes.
 */
const NUMBERS_PER_KEY = 2 ** 16

/** Finds or creates the source of an id. */
export type SourceOf = (id: string) => SourceInfo

/** Options of `readBlock`. */
export interface ReadOptions {
  readonly sourceOf: SourceOf
  /**
   * Whether an earlier process wrote the block, by another clock. Its receive times get the correction stored in the
   * block.
   */
  readonly isEarlier: boolean
}

/** Where a block's messages begin, and how to read extras after a payload. */
interface Layout {
  readonly start: number
  readonly correctionMs: number | undefined
  readonly extended: (message: Message, storedAt: number, from: number, to: number) => Message
}

/**
 * The messages of the block under `key`, in order, and the running number of the first. Payloads are slices of
 * `block`. Throws `Unusable` for unknown versions and damage.
 */
export function readBlock(block: Buffer, key: number, { sourceOf, isEarlier }: ReadOptions): Part {
  const version = block[0]
  switch (version) {
    case VERSION_1:
      verify(block, HEADER_1_BYTES, () => crc32(block.subarray(8)))
      return { first: key * NUMBERS_PER_KEY, messages: readMessages(block, layoutOf1(block), sourceOf) }
    case BLOCK_VERSION:
      verify(block, BLOCK_HEADER_BYTES, () => blockChecksum(block))
      return {
        first: block.readUInt32BE(12) * U32 + block.readUInt32BE(16),
        messages: readMessages(block, layoutOf(block, isEarlier), sourceOf),
      }
    default:
      throw new Unusable(`it holds blocks of format ${version ?? 'none'}, which this version cannot read`)
  }
}

function verify(block: Buffer, headerBytes: number, expected: () => number): void {
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
  const start = BLOCK_HEADER_BYTES + block.readUInt16BE(20)
  let correctionMs: number | undefined
  readExtras(block, BLOCK_HEADER_BYTES, start, (name, from) => {
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
