/** Group commit: all that arrived while the last commit ran goes to the disk with the next one. */
import { Unusable } from '../../errors.ts'
import { backoffDelay } from '../../lib/backoff.ts'
import { sleep } from '../../lib/sleep.ts'
import { BATCH, type Piece } from '../piece.ts'
import { type Block, Entries, type Entry, pack } from './pack.ts'
import { isFull } from './room.ts'
import { Transactions, type TransactionsOptions } from './transactions.ts'

/** Payload of one transaction, in bytes; a single piece may be larger. */
const MOST_BYTES = 4 * 1024 * 1024
/** Payload of one block where there is little room; a single message may be larger. */
const SMALL_BYTES = 16 * 1024
/** How long acknowledged messages may wait to be forgotten when nothing else is committed, in milliseconds. */
const FORGET_MS = 100
/** Of commits of few messages, from the beginning of one to the beginning of the next, in milliseconds: each costs as much as thousands of messages. */
const GATHER_MS = 2
const RETRY = { baseMs: 250, capMs: 5_000 }
/** Between two tries when the disk is full and something was forgotten, in milliseconds. */
const LEAST_MS = 50

/** What a group commit works with. */
export interface GroupCommitOptions extends TransactionsOptions {
  /** Told of each block once it is kept, in order. */
  readonly kept: (block: Block) => void
  /** Told of each try that failed; `isNews` when the one before it did not, or for another reason. */
  readonly held: (detail: string, isNews: boolean) => void
  /** Told when the disk takes writes again. */
  readonly resumed: (heldMs: number) => void
}

interface Waiter {
  readonly pieces: readonly Piece[]
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** The one writer of a store. */
export class GroupCommit {
  readonly #options: GroupCommitOptions
  readonly #transactions: Transactions
  readonly #entries = new Entries()
  #pending: Waiter[] = []
  #running: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  /** Ends the wait between two tries. */
  #pause = new AbortController()
  #waitsForRoom = false
  /** The last commit, on the monotonic clock. */
  #begunAt = 0
  #closing = false
  #closed = false
  #broken: unknown

  constructor(options: GroupCommitOptions) {
    this.#options = options
    this.#transactions = new Transactions(options)
  }

  /** Resolves when the pieces are kept. Waits as long as the disk does not take them; throws `Unusable` when it cannot be waited for. */
  add(pieces: readonly Piece[]): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#broken) return reject(this.#broken)
      this.#pending.push({ pieces, resolve, reject })
      this.#start()
    })
  }

  /** All blocks before key `to` may go; soon, with the next commit or by themselves. */
  forget(to: number): void {
    this.#transactions.forget(to)
    this.#soon()
  }

  /** The block `key` is given up, though blocks before it are still needed. */
  giveUp(key: number): void {
    this.#transactions.giveUp(key)
    this.#soon()
  }

  /** Tries once more to write what is waiting to be kept or forgotten, then writes no more. */
  async close(): Promise<void> {
    this.#closing = true
    this.#pause.abort()
    await this.#running
    if (this.#transactions.isStale || this.#pending.length > 0) this.#start()
    await this.#running
    this.#closed = true
    clearTimeout(this.#timer)
  }

  #soon(): void {
    if (this.#waitsForRoom) this.#pause.abort()
    if (this.#running || this.#timer) return
    this.#timer = setTimeout(() => this.#start(), FORGET_MS)
  }

  #start(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (!this.#closed) this.#running ??= this.#run().catch((error) => this.#end(error))
  }

  async #run(): Promise<void> {
    try {
      do await this.#gather()
      while ((await this.#round()) && this.#isMore())
    } finally {
      // In the same turn as the last look for more: whoever comes later starts the next run.
      this.#running = undefined
    }
    if (this.#transactions.isStale) this.#soon()
  }

  /** What else arrives in this turn of the loop comes along, and what arrives soon after the last commit began. */
  async #gather(): Promise<void> {
    const wait = this.#begunAt + GATHER_MS - performance.now()
    const isSmall = this.#pending.every(({ pieces }) => pieces.length === 1 && (pieces[0]?.bytes ?? 0) < SMALL_BYTES)
    await (wait > 0.5 && isSmall ? sleep(wait) : new Promise((resolve) => setImmediate(resolve)))
    this.#begunAt = performance.now()
  }

  /** Nothing is written any more. */
  #end(error: unknown): void {
    this.#closed = true
    for (const { reject } of this.#pending.splice(0)) reject(error)
    this.#broken = error
    if (!(error instanceof Unusable)) throw error
  }

  #isMore(): boolean {
    return this.#pending.length > 0 || (this.#closing && this.#transactions.isStale)
  }

  /** Answers false when nothing more can be written. */
  async #round(): Promise<boolean> {
    const group = this.#take()
    try {
      if (!(await this.#commit(group.flatMap(({ pieces }) => pieces)))) return false
      for (const { resolve } of group) resolve()
      return true
    } catch (error) {
      for (const { reject } of group) reject(error)
      throw error
    }
  }

  #take(): Waiter[] {
    let bytes = 0
    const end = this.#pending.findIndex(({ pieces }, at) => {
      bytes += pieces.reduce((sum, piece) => sum + piece.bytes, 0)
      return at > 0 && bytes > MOST_BYTES
    })
    return this.#pending.splice(0, end === -1 ? this.#pending.length : end)
  }

  /** Answers false when it gave up because of `close`. */
  async #commit(pieces: readonly Piece[]): Promise<boolean> {
    const { held, resumed } = this.#options
    const since = performance.now()
    const left = this.#blocks(pieces, BATCH.bytes)
    let said: string | undefined
    for (let attempt = 0; ; attempt++) {
      try {
        if (attempt > 0 || !(await this.#keepAll(left))) await this.#keepBitByBit(left)
        if (attempt > 0) resumed(performance.now() - since)
        return true
      } catch (error) {
        const detail = messageOf(error)
        held(detail, detail !== said)
        said = detail
        if (this.#closing) return false
        await this.#wait(attempt, isFull(error))
      }
    }
  }

  /** Until the next try: after some time, or as soon as a full disk may have room. */
  async #wait(attempt: number, forRoom: boolean): Promise<void> {
    this.#pause = new AbortController()
    this.#waitsForRoom = forRoom
    const isDue = forRoom && this.#transactions.isStale
    if (!isDue) await sleep(backoffDelay(attempt, RETRY) + RETRY.baseMs, this.#pause.signal)
    this.#waitsForRoom = false
    // Acknowledgements come one by one: some of them together make more room.
    if (forRoom && !this.#closing) await sleep(LEAST_MS)
  }

  /** Answers false when there is no room for it as a whole. */
  async #keepAll(left: Entry[]): Promise<boolean> {
    try {
      await this.#keep(left, left.length)
      return true
    } catch (error) {
      if (left.length > 0 && isFull(error)) return false
      throw error
    }
  }

  /** In small blocks, as many at a time as there is room for. */
  async #keepBitByBit(left: Entry[]): Promise<void> {
    if (left.length > 0) await this.#makeRoom()
    const pieces = left.flatMap(({ block }) => block.pieces)
    left.splice(0, left.length, ...this.#blocks(pieces, SMALL_BYTES))
    let count = left.length
    do {
      try {
        await this.#keep(left, count)
      } catch (error) {
        if (count <= 1 || !isFull(error)) throw error
        count = Math.ceil(count / 2)
      }
    } while (left.length > 0)
  }

  /** Writes the first `count` of what is `left`, and takes them from it. */
  async #keep(left: Entry[], count: number): Promise<void> {
    const part = left.slice(0, count)
    await this.#transactions.write(part)
    left.splice(0, count)
    for (const { block } of part) this.#options.kept(block)
  }

  /** A full disk has room again once something is forgotten; LMDB uses that room only after one more transaction. */
  async #makeRoom(): Promise<void> {
    const { isStale } = this.#transactions
    try {
      await this.#transactions.write([])
      if (isStale) await this.#transactions.write([])
    } catch {
      // The next round tries again, and says so.
    }
  }

  #blocks(pieces: readonly Piece[], most: number): Entry[] {
    return this.#entries.write(pack(pieces, this.#transactions.next, most))
  }
}

/** Throws what cannot be waited for. */
function messageOf(error: unknown): string {
  if (error instanceof Unusable) throw error
  return error instanceof Error ? error.message : ''
}
