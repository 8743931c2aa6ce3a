/** What is kept and not read yet: the next blocks in memory, the rest only on the disk. */
import { Unusable } from '../../errors.ts'
import type { Message, SourceInfo } from '../../model.ts'
import type { Part } from '../batch.ts'
import { BATCH, MESSAGE_OVERHEAD_BYTES } from '../piece.ts'
import type { Block } from './pack.ts'
import { readBlock, type SourceOf } from './read-block.ts'
import type { Scan } from './scan.ts'
import type { Store } from './store.ts'
import { afterHole, type Kept } from './tally.ts'

/** Most memory for blocks that wait to be read, in bytes; then blocks are read back from the disk until there are none. */
const WINDOW_BYTES = 16 * 1024 * 1024
/** What a message costs on the disk beyond its payload, in bytes: its header, its share of the block and of half-filled pages. */
export const DISK_OVERHEAD_BYTES = 32

/** A block on its way to a batch. */
export interface ReadBlock extends Part {
  readonly key: number
  readonly bytes: number
}

/** The messages of blocks; `to` is the key after the last of them. */
export interface ReadBatch {
  readonly parts: readonly Part[]
  readonly messages: number
  readonly bytes: number
  readonly to: number
}

/** Blocks by consecutive keys: those in the window come first, the others follow on the disk. */
export class Backlog {
  readonly #store: Pick<Store, 'read'>
  readonly #sourceOf: SourceOf
  /** Of an earlier run. */
  readonly #holes: Kept['holes']
  /** All blocks before this key are of earlier runs. */
  readonly #ownFrom: number
  #window: Block[] = []
  #windowBytes = 0
  /** Key of the next block to be read, and of the next block to be kept. */
  #next: number
  #end: number
  #ahead: ReadBlock | undefined
  /** Receive time of what was read last, or of the first block of the disk: no block that waits there is older. */
  #since: number

  constructor(store: Pick<Store, 'read'>, sourceOf: SourceOf, found: Scan) {
    this.#store = store
    this.#sourceOf = sourceOf
    this.#next = found.first
    this.#end = found.next
    this.#ownFrom = found.next
    this.#since = found.oldestReceivedAt
    this.#holes = found.tally?.holes ?? []
  }

  get isEmpty(): boolean {
    return this.#next === this.#end
  }

  /** Receive time of the oldest message, milliseconds since the epoch; 0 when empty. */
  get oldestReceivedAt(): number {
    if (this.isEmpty) return 0
    return (this.#window[0] ?? this.#ahead)?.messages[0]?.receivedAt ?? this.#since
  }

  /** A block was kept. It stays in memory as long as all before it are there, and there is room. */
  push(block: Block): void {
    const cost = memoryOf(block)
    const inMemory = this.#next + this.#window.length === this.#end
    if (inMemory && (this.#window.length === 0 || this.#windowBytes + cost <= WINDOW_BYTES)) {
      this.#window.push(block)
      this.#windowBytes += cost
    } else if (inMemory) this.#since = block.messages[0]?.receivedAt ?? 0
    this.#end = block.key + 1
  }

  /** A block was kept that was read before, and nothing waits. */
  skip({ key }: Block): void {
    this.#next = key + 1
    this.#end = key + 1
  }

  /** The next block, left where it is; undefined when there is none. Throws `Unusable` when the disk gives it back damaged. */
  async peek(): Promise<ReadBlock | undefined> {
    if (this.isEmpty) return undefined
    const [first] = this.#window
    if (first) return first
    this.#ahead ??= await this.#load(this.#next)
    return this.#ahead
  }

  /** Takes what `peek` answered. */
  take(): void {
    const first = this.#window.shift()
    if (first) this.#windowBytes -= memoryOf(first)
    else this.#since = this.#ahead?.messages.at(-1)?.receivedAt ?? 0
    this.#ahead = undefined
    this.#next = afterHole(this.#next + 1, this.#holes)
  }

  /** Takes whole blocks up to the limits of a batch; undefined when there is none. Throws `Unusable` as `peek` does. */
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

/** What each source has in `messages`, in bytes as the limit of the lane counts them. */
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
