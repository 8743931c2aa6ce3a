/** What goes to the disk under one key: pieces of messages, as many as fit a batch. */
import type { Message } from '../../model.ts'
import { BATCH, cut, type Piece } from '../piece.ts'
import { blockBytes, writeBlock } from './block.ts'

/** Kept by every lane for what it writes. */
const LEAST_BUFFER_BYTES = 64 * 1024

/** Pieces that became one entry on the disk. */
export interface Block {
  readonly key: number
  readonly pieces: readonly Piece[]
  readonly messages: readonly Message[]
  readonly bytes: number
}

/** A block as it is written. */
export interface Entry {
  readonly block: Block
  readonly key: number
  readonly bytes: Buffer
}

/** Pieces, in order, into blocks of at most `most` bytes where a message is no larger, with keys from `firstKey` on. */
export function pack(all: readonly Piece[], firstKey: number, most: number): Block[] {
  const blocks: Block[] = []
  let open: Piece[] = []
  let messages = 0
  let bytes = 0
  const close = (): void => {
    if (open.length > 0) blocks.push(blockOf(firstKey + blocks.length, open, bytes))
    open = []
    messages = 0
    bytes = 0
  }
  for (const piece of all.flatMap((one) => (one.bytes > most ? cut(one.messages, { ...BATCH, bytes: most }) : one))) {
    if (messages + piece.messages.length > BATCH.messages || bytes + piece.bytes > most) close()
    open.push(piece)
    messages += piece.messages.length
    bytes += piece.bytes
  }
  close()
  return blocks
}

function blockOf(key: number, pieces: readonly Piece[], bytes: number): Block {
  const [only] = pieces
  const messages = only && pieces.length === 1 ? only.messages : pieces.flatMap((piece) => piece.messages)
  return { key, pieces, messages, bytes }
}

/** Blocks as they are written, in a buffer that is used again. */
export class Entries {
  /** Used again by each commit: the writer has copied it when the commit resolves. */
  #buffer = Buffer.allocUnsafeSlow(LEAST_BUFFER_BYTES)

  /** Valid until the next call. */
  write(blocks: readonly Block[]): Entry[] {
    const needed = blocks.reduce((sum, { messages }) => sum + blockBytes(messages), 0)
    const { length } = this.#buffer
    if (needed > length || (length > LEAST_BUFFER_BYTES && needed < length / 64))
      this.#buffer = Buffer.allocUnsafeSlow(Math.max(needed, LEAST_BUFFER_BYTES))
    let at = 0
    return blocks.map((block) => {
      const start = at
      at = writeBlock(block.messages, this.#buffer, start)
      return { block, key: block.key, bytes: this.#buffer.subarray(start, at) }
    })
  }
}
