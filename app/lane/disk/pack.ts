/** Packs pieces of messages into blocks, each at most as large as a batch. */
import type { Message } from '../../model.ts'
import { BATCH, cut, type Piece } from '../piece.ts'
import { blockBytes, writeBlock } from './block.ts'
import type { InFlight } from './in-flight.ts'

/** Smallest buffer, kept by every lane. */
const LEAST_BUFFER_BYTES = 64 * 1024

/** Pieces to write, and their batch if they were read before. */
export interface PieceGroup {
  readonly pieces: readonly Piece[]
  readonly reader: InFlight | undefined
}

/** Pieces stored as one entry. */
export interface Block extends PieceGroup {
  readonly key: number
  /** Running number of the first message; the others follow. */
  readonly first: number
  readonly messages: readonly Message[]
  readonly bytes: number
}

/** A block with its bytes. */
export interface BlockEntry {
  readonly block: Block
  readonly key: number
  readonly bytes: Buffer
}

/**
 * Packs pieces in order into blocks of at most `most` bytes (a larger message has its own block), with keys from
 * `firstKey` on. Pieces of a batch that was read before share no block with others, because they are deleted together.
 */
export function pack(groups: readonly PieceGroup[], firstKey: number, most: number): Block[] {
  const blocks: Block[] = []
  let open: Piece[] = []
  let reader: InFlight | undefined
  let messages = 0
  let bytes = 0
  let next = 0
  const close = (): void => {
    if (open.length > 0) blocks.push(blockOf(firstKey + blocks.length, open, bytes, reader))
    open = []
    messages = 0
    bytes = 0
  }
  for (const group of groups) {
    if (group.reader !== reader) close()
    reader = group.reader
    for (const piece of group.pieces.flatMap((one) => split(one, most))) {
      if (piece.first !== next || messages + piece.messages.length > BATCH.messages || bytes + piece.bytes > most)
        close()
      open.push(piece)
      messages += piece.messages.length
      bytes += piece.bytes
      next = piece.first + piece.messages.length
    }
  }
  close()
  return blocks
}

function split(piece: Piece, most: number): readonly Piece[] {
  return piece.bytes > most ? cut(piece.messages, { ...BATCH, bytes: most }, undefined, piece.first) : [piece]
}

function blockOf(key: number, pieces: readonly Piece[], bytes: number, reader: InFlight | undefined): Block {
  const [only] = pieces
  const messages = only && pieces.length === 1 ? only.messages : pieces.flatMap((piece) => piece.messages)
  return { key, first: only?.first ?? 0, pieces, messages, bytes, reader }
}

/** Serialises blocks into a reused buffer. */
export class BlockEntries {
  readonly #correctionMs: () => number | undefined
  /** Reused by each commit: lmdb copies the bytes before the commit resolves. */
  #buffer = Buffer.allocUnsafeSlow(LEAST_BUFFER_BYTES)

  /** `correctionMs`: correction from receive times to the broker's clock; undefined while unknown. */
  constructor(correctionMs: () => number | undefined) {
    this.#correctionMs = correctionMs
  }

  /** The result is valid until the next call. */
  write(blocks: readonly Block[]): BlockEntry[] {
    const needed = blocks.reduce((sum, { messages }) => sum + blockBytes(messages), 0)
    const { length } = this.#buffer
    if (needed > length || (length > LEAST_BUFFER_BYTES && needed < length / 64))
      this.#buffer = Buffer.allocUnsafeSlow(Math.max(needed, LEAST_BUFFER_BYTES))
    const correctionMs = this.#correctionMs()
    let at = 0
    return blocks.map((block) => {
      const start = at
      at = writeBlock(block, correctionMs, this.#buffer, start)
      return { block, key: block.key, bytes: this.#buffer.subarray(start, at) }
    })
  }
}
