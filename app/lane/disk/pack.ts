/** What goes to the disk under one key: pieces of messages, as many as fit a batch. */
import type { Message } from '../../model.ts'
import { BATCH, cut, type Piece } from '../piece.ts'
import { blockBytes, writeBlock } from './block.ts'
import type { InFlight } from './in-flight.ts'

/** Kept by every lane for what it writes. */
const LEAST_BUFFER_BYTES = 64 * 1024

/** Pieces that go to the disk, and the batch they are in if they were read before. */
export interface Group {
  readonly pieces: readonly Piece[]
  readonly reader: InFlight | undefined
}

/** Pieces that became one entry on the disk. */
export interface Block extends Group {
  readonly key: number
  /** Running number of the first message; the others follow. */
  readonly first: number
  readonly messages: readonly Message[]
  readonly bytes: number
}

/** A block as it is written. */
export interface Entry {
  readonly block: Block
  readonly key: number
  readonly bytes: Buffer
}

/**
 * Pieces, in order, into blocks of at most `most` bytes where a message is no larger, with keys from `firstKey` on. What was
 * read as one batch shares its blocks with nothing else, because it will go as one.
 */
export function pack(groups: readonly Group[], firstKey: number, most: number): Block[] {
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

/** Blocks as they are written, in a buffer that is used again. */
export class Entries {
  readonly #correctionMs: () => number | undefined
  /** Used again by each commit: the writer has copied it when the commit resolves. */
  #buffer = Buffer.allocUnsafeSlow(LEAST_BUFFER_BYTES)

  /** `correctionMs`: what receive times lack to the broker's clock; undefined while that is not known. */
  constructor(correctionMs: () => number | undefined) {
    this.#correctionMs = correctionMs
  }

  /** Valid until the next call. */
  write(blocks: readonly Block[]): Entry[] {
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
