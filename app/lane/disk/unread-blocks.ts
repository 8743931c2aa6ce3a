/** Blocks on disk that were not read yet. A window of the next blocks stays in memory. */
import { Unusable } from '../../errors.ts'
import type { Message, SourceInfo } from '../../model.ts'
import type { Part } from '../batch.ts'
import { BATCH, MESSAGE_OVERHEAD_BYTES } from '../piece.ts'
import type { Block } from './pack.ts'
import { readBlock, type SourceOf } from './read-block.ts'
import { afterHole, type Kept } from './saved-counts.ts'
import type { Scan } from './scan.ts'
import type { Store } from './store.ts'

/** Limit of the window in memory, in bytes. Beyond the limit, blocks are read back from the disk until none is left. */
const WINDOW_BYTES = 16 * 1024 * 1024
/** Cost of a message on disk beyond its payload, in bytes: header, share of the block, half-filled pages. */
export const DISK_OVERHEAD_BYTES = 32

/** A block as a part of a batch. */
export interface ReadBlock extends Part {
  readonly key: number
  readonly bytes: number
}

/** The messages of several blocks; `to` is the key after the last block. */
export interface ReadBatch {
  readonly parts: readonly Part[]
  readonly messages: number
  readonly bytes: number
  readonly to: number
}

/** Blocks with consecutive keys: first the window, then blocks only on disk. */
export class UnreadBlocks {
  readonly #store: Pick<Store, 'read'>
  readonly #sourceOf: SourceOf
  /** Holes of an earlier run. */
  readonly #holes: Kept['holes']
  /** Blocks before this key were written by earlier runs. */
  readonly #ownFrom: number
  #window: Block[] = []
  #windowBytes = 0
  /** Key of the next block to read, and of the next block to write. */
  #next: number
  #end: number
  #ahead: ReadBlock | undefined
  /**
   * Lower bound for receive times of blocks only on disk: the last message read, or the first block found at the
   * start.
   */
  #since: number

  constructor(store: Pick<Store, 'read'>, sourceOf: SourceOf, found: Scan) {
    this.#store = store
    this.#sourceOf = sourceOf
    this.#next = found.first
    this.#end = found.next
    this.#ownFrom = found.next
    this.#since = found.oldestReceivedAt
    this.#holes = found.counts?.holes ?? []
  }

  get isEmpty(): boolean {
    return this.#next === this.#end
  }

  /** Receive time of the oldest message, milliseconds since the epoch; 0 when empty. */
  get oldestReceivedAt(): number {
    if (this.isEmpty) return 0
    return (this.#window[0] ?? this.#ahead)?.messages[0]?.receivedAt ?? this.#since
  }

  /** Adds a written block. The block stays in memory if all earlier unread blocks do and the window has room. */
  push(block: Block): void {
    const cost = memoryOf(block)
    const inMemory = this.#next + this.#window.length === this.#end
    if (inMemory && (this.#window.length === 0 || this.#windowBytes + cost <= WINDOW_BYTES)) {
      this.#window.push(block)
      this.#windowBytes += cost
    } else if (inMemory) this.#since = block.messages[0]?.receivedAt ?? 0
    this.#end = block.key + 1
  }

  /** Skips a written block whose messages were already read. Call only while no block is unread. */
  skip({ key }: Block): void {
    this.#next = key + 1
    this.#end = key + 1
  }

  /**
   * Returns the next block without removing it; undefined if there is none. Throws `Unusable` if the block on disk is
   * damaged.
   */
  async peek(): Promise<ReadBlock | undefined> {
    if (this.isEmpty) return undefined
    const [first] = this.#window
    if (first) return first
    this.#ahead ??= await this.#load(this.#next)
    return this.#ahead
  }

  /** Removes the block that `peek` returned. */
  take(): void {
    const first = this.#window.shift()
    if (first) this.#windowBytes -= memoryOf(first)
    else this.#since = this.#ahead?.messages.at(-1)?.receivedAt ?? 0
    this.#ahead = undefined
    this.#next = afterHole(this.#next + 1, this.#holes)
  }

  /** Removes whole blocks up to the limits of a batch; undefined if there is none. Throws like `peek`. */
  async takeBatch(): Promise<ReadBatch | undefined> {
    const parts: Part[] = []
    let messages = 0
    let bytes = 0
    let to = 0
    for (let block = await this.peek(); block; block = await this.peek()) {
      if (messages > 0 && (messages + block.messages.length > BATCH.messages || bytes + block.bytes > BATCH.bytes))
        break
      this.take()
      parts.push(block)
      messages += block.messages.length
      bytes += block.bytes
      to = block.key + 1
    }
    return messages > 0 ? { parts, messages, bytes, to } : undefined
  }

  async #load(key: number): Promise<ReadBlock> {
    const stored = await this.#store.read(key)
    if (!stored) throw new Unusable(`it is damaged: block ${key} is missing`)
    const { first, messages } = readBlock(stored, key, { sourceOf: this.#sourceOf, isEarlier: key < this.#ownFrom })
    return { key, first, messages, bytes: messages.reduce((sum, { data }) => sum + data.length, 0) }
  }
}

/** Bytes per source in `messages`, counted as the limit of the lane counts them. */
export function sharesOf(messages: readonly Message[]): Map<SourceInfo, number> {
  const shares = new Map<SourceInfo, number>()
  for (const { source, data } of messages) {
    shares.set(source, (shares.get(source) ?? 0) + data.length + DISK_OVERHEAD_BYTES)
  }
  return shares
}

function memoryOf({ bytes, messages }: Block): number {
  return bytes + messages.length * MESSAGE_OVERHEAD_BYTES
}
