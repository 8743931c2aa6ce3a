/** What waits to be read: the next parts in memory, then blocks that are only on the disk, then parts that came after them. */
import { Unusable } from '../../errors.ts'
import { BATCH, MESSAGE_OVERHEAD_BYTES } from '../piece.ts'
import type { SourceOf } from './block.ts'
import type { Log } from './log.ts'
import { isReadable, type Part, sharesOf } from './part.ts'
import { Reader, waitingIn } from './reader.ts'
import type { Scan } from './scan.ts'
import { areGone, type State } from './state.ts'

/** Most memory for parts that are on the disk, too, in bytes; then they are read back from there. */
const WINDOW_BYTES = 16 * 1024 * 1024

/** What a backlog works with. */
export interface BacklogOptions {
  readonly log: Pick<Log, 'segments' | 'wroteAt'>
  readonly state: Pick<State, 'id' | 'settledTo' | 'holes'>
  readonly sourceOf: SourceOf
  readonly found: Pick<Scan, 'messages' | 'oldestReceivedAt' | 'last'>
}

/** In order of the running numbers. */
export class Backlog {
  readonly #options: BacklogOptions
  #memory: Part[] = []
  #memoryBytes = 0
  /** After the blocks of the disk; those that are written leave it. */
  #tail: Part[] = []
  #reader: Reader | undefined
  /** Of the disk: the last number that was read, and the last there is. */
  #read = 0
  #end = 0
  #ahead: Part | undefined
  /** Receive time of what was read last from the disk, or of its first block: no message that waits there is older. */
  #since: number
  /** Messages before it are of an earlier process. */
  readonly #began: number

  constructor(options: BacklogOptions) {
    const { found, log, state } = options
    this.#options = options
    this.#began = found.last + 1
    this.#since = found.oldestReceivedAt
    if (found.messages === 0) return
    this.#reader = new Reader(log, state.id)
    this.#end = found.last
  }

  get isEmpty(): boolean {
    return this.#memory.length === 0 && !this.#isOnDisk && this.#tail.length === 0
  }

  /** Whether the next part may be read. */
  get isReadable(): boolean {
    const next = this.#memory[0] ?? (this.#isOnDisk ? undefined : this.#tail[0])
    return next ? isReadable(next) : this.#isOnDisk
  }

  get #isOnDisk(): boolean {
    return this.#ahead !== undefined || this.#read < this.#end
  }

  /** Receive time of the oldest message, milliseconds since the epoch; 0 when empty. */
  get oldestReceivedAt(): number {
    const [first] = this.#memory
    if (!first && this.#isOnDisk) return this.#ahead?.messages[0]?.receivedAt ?? this.#since
    return (first ?? this.#tail[0])?.messages[0]?.receivedAt ?? 0
  }

  push(part: Part): void {
    const isAfterDisk = this.#isOnDisk || this.#tail.length > 0
    if (isAfterDisk || (this.#memory.length > 0 && this.#memoryBytes + memoryOf(part) > WINDOW_BYTES))
      this.#tail.push(part)
    else {
      this.#memory.push(part)
      this.#memoryBytes += memoryOf(part)
    }
  }

  /** The last write held `part`. One that came late leaves the memory. */
  written(part: Part): void {
    if (this.#tail[0] !== part) return
    this.#tail.shift()
    if (!this.#isOnDisk) {
      const { log, state } = this.#options
      this.#since = part.messages[0]?.receivedAt ?? 0
      this.#read = part.first - 1
      this.#reader = new Reader(log, state.id, { ...log.wroteAt, last: this.#read })
    }
    this.#end = part.last
  }

  /** The next part, left where it is; undefined when there is none. Throws `Unusable` when the disk gives it back damaged. */
  async peek(): Promise<Part | undefined> {
    while (this.#memory.length === 0 && this.#ahead === undefined && this.#read < this.#end)
      this.#ahead = await this.#load()
    const [first] = this.#memory
    if (first || this.#ahead) return first ?? this.#ahead
    this.#memory = this.#tail
    this.#memoryBytes = this.#tail.reduce((sum, part) => sum + memoryOf(part), 0)
    this.#tail = []
    return this.#memory[0]
  }

  /** Takes what `peek` returned. */
  take(): void {
    const first = this.#memory.shift()
    if (first) this.#memoryBytes -= memoryOf(first)
    else this.#since = this.#ahead?.messages.at(-1)?.receivedAt ?? 0
    if (!first) this.#ahead = undefined
  }

  /** Takes whole parts up to the limits of a batch; none when there is none. Throws `Unusable` as `peek` does. */
  async takeBatch(): Promise<readonly Part[]> {
    const parts: Part[] = []
    let [messages, bytes] = [0, 0]
    for (let part = await this.peek(); part; part = this.#memory[0] ?? (await this.peek())) {
      messages += part.messages.length
      bytes += part.bytes
      if (!isReadable(part) || (parts.length > 0 && (messages > BATCH.messages || bytes > BATCH.bytes))) break
      this.take()
      parts.push(part)
    }
    return parts
  }

  /** The next block of the disk; undefined when nothing in it is waiting any more. */
  async #load(): Promise<Part | undefined> {
    const { state, sourceOf } = this.#options
    const found = await this.#reader?.next()
    if (!found || !areGone({ from: this.#read + 1, to: found.header.previous + 1 }, state))
      throw new Unusable(`it is damaged: what follows its message ${this.#read} cannot be read`)
    const messages = waitingIn(found, state, this.#read, sourceOf, found.header.first < this.#began)
    const first = Math.max(found.header.first, this.#read + 1)
    this.#read = found.last
    if (messages.length === 0) return undefined
    const bytes = messages.reduce((sum, { data }) => sum + data.length, 0)
    return { ...ON_DISK, first, last: found.last, messages, bytes, shares: sharesOf(messages) }
  }
}

const ON_DISK = {
  isTaken: true,
  isWritten: true,
  isSettled: false,
  dueAt: 0,
  after: undefined,
  safety: { isSafe: true, told: () => {} },
}

function memoryOf({ bytes, messages }: Part): number {
  return bytes + messages.length * MESSAGE_OVERHEAD_BYTES
}
