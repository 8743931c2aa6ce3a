/** Group commit: all that arrived while the last commit ran goes to the disk with the next one, unless it is settled before. */
import { Unusable } from '../../errors.ts'
import type { Piece } from '../piece.ts'
import { type Arrival, Fresh } from './fresh.ts'
import { Keeping, type KeepingOptions } from './keeping.ts'
import { Transactions, type TransactionsOptions } from './transactions.ts'

/** Payload of one transaction, in bytes; a single arrival may be larger. */
const MOST_BYTES = 4 * 1024 * 1024
/** How long acknowledged messages may wait to be forgotten, and sums alone to be written, when nothing else is committed; in milliseconds. */
const FORGET_MS = 100
const SUMS_MS = 1_000
/** Sooner is now, in milliseconds. */
const NOW_MS = 0.5

/** What a group commit works with. */
export interface GroupCommitOptions extends TransactionsOptions, KeepingOptions {
  /** Told when something is readable again that had to wait for a commit. */
  readonly readable: () => void
}

/** The one writer of a store. */
export class GroupCommit {
  readonly #options: GroupCommitOptions
  readonly #transactions: Transactions
  readonly #keeping: Keeping
  readonly #fresh = new Fresh()
  /** Whether something is being written that nobody has read: what came later has to wait for it. */
  #unreadGoes = false
  #running: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  /** When the timer ends, and when what may go has waited long enough; milliseconds on the monotonic clock. */
  #timerAt = Number.POSITIVE_INFINITY
  #staleAt = Number.POSITIVE_INFINITY
  #closing = false
  #closed = false
  #broken: unknown

  constructor(options: GroupCommitOptions) {
    this.#options = options
    this.#transactions = new Transactions(options)
    this.#keeping = new Keeping(this.#transactions, options)
  }

  /** Resolves when the pieces are kept, or settled before. `mayPass`: a reader waits for them. Waits as long as the disk does not take them; throws `Unusable` when it cannot be waited for. */
  async add(pieces: readonly Piece[], mayPass: boolean): Promise<void> {
    if (this.#broken) throw this.#broken
    const kept = this.#fresh.add(pieces, mayPass)
    this.#schedule()
    await kept
  }

  /** Whether there is something to be read that is not written yet, and nothing before it. */
  get isReadable(): boolean {
    return !this.#unreadGoes && this.#fresh.isReadable
  }

  /** The next of it, up to the limits of a batch. They are written all the same unless they are settled soon. */
  read(): readonly Arrival[] {
    return this.isReadable ? this.#fresh.read() : []
  }

  /** Arrivals that were read together are settled; answers how many of their messages will not be written. */
  settle(arrivals: readonly Arrival[]): number {
    return this.#fresh.settle(arrivals)
  }

  /** The sums are others now: they are written before long, with the next commit or by themselves. */
  noteSums(withinMs = SUMS_MS): void {
    this.#transactions.noteSums()
    this.#goesWithin(withinMs)
  }

  /** Writes something now, so that a disk that takes nothing is noticed and told. */
  tryOut(): void {
    if (!this.#running) this.noteSums(0)
  }

  /** Where the disk did not take what waits, it is tried again at once. */
  tryAgain(): void {
    this.#keeping.tryAgain()
  }

  /** All blocks before key `to` may go; soon, with the next commit or by themselves. */
  forget(to: number): void {
    this.#transactions.forget(to)
    this.#keeping.forgotten()
    this.#goesWithin(FORGET_MS)
  }

  /** The block `key` is given up, though blocks before it are still needed. */
  giveUp(key: number): void {
    this.#transactions.giveUp(key)
    this.#keeping.forgotten()
    this.#goesWithin(FORGET_MS)
  }

  /** Tries once more to write what is waiting to be kept or forgotten, then writes no more. */
  async close(): Promise<void> {
    this.#closing = true
    this.#keeping.close()
    await this.#running
    if (this.#isMore()) this.#start()
    await this.#running
    this.#closed = true
    clearTimeout(this.#timer)
  }

  #goesWithin(ms: number): void {
    const at = performance.now() + ms
    if (at >= this.#staleAt) return
    this.#staleAt = at
    this.#schedule()
  }

  /** Starts when something is due, or sees to it that it will. */
  #schedule(): void {
    if (this.#running || this.#closed) return
    const dueAt = this.#dueAt()
    const wait = dueAt - performance.now()
    if (wait <= NOW_MS) return this.#start()
    if (dueAt >= this.#timerAt - NOW_MS) return
    clearTimeout(this.#timer)
    this.#timerAt = dueAt
    this.#timer = setTimeout(() => {
      this.#timerAt = Number.POSITIVE_INFINITY
      this.#schedule()
    }, wait)
  }

  #dueAt(): number {
    return Math.min(this.#fresh.dueAt, this.#staleAt)
  }

  #start(): void {
    if (!this.#closed) this.#running ??= this.#run().catch((error) => this.#end(error))
  }

  async #run(): Promise<void> {
    try {
      do {
        // What else arrives in this turn of the loop comes along.
        await new Promise((resolve) => setImmediate(resolve))
      } while ((await this.#round()) && this.#isMore())
    } finally {
      // In the same turn as the last look for more: whoever comes later starts the next run.
      this.#running = undefined
    }
    if (!this.#closing) this.#schedule()
  }

  /** Nothing is written any more. */
  #end(error: unknown): void {
    this.#closed = true
    for (const { reject } of this.#fresh.take(Number.POSITIVE_INFINITY)) reject(error)
    this.#broken = error
    if (!(error instanceof Unusable)) throw error
  }

  /** Whether something is due, or, at the end, whether there is anything. */
  #isMore(): boolean {
    if (this.#closing) return !this.#fresh.isEmpty || this.#transactions.isBehind
    return isDue(this.#dueAt())
  }

  /** Writes what is due, or, at the end, what there is. Answers false when nothing more can be written. */
  async #round(): Promise<boolean> {
    const group = this.#closing || isDue(this.#fresh.dueAt) ? this.#fresh.take(MOST_BYTES) : []
    if (group.length === 0 && !this.#closing && !isDue(this.#staleAt)) return true
    this.#staleAt = Number.POSITIVE_INFINITY
    if (group.length === 0 && !this.#transactions.isBehind) return true
    this.#unreadGoes = group.some(({ reader }) => !reader)
    try {
      if (!(await this.#keeping.keep(group))) return false
      for (const { resolve } of group) resolve()
      return true
    } catch (error) {
      for (const { reject } of group) reject(error)
      throw error
    } finally {
      this.#unreadGoes = false
      if (this.#fresh.isReadable) this.#options.readable()
    }
  }
}

/** `at`: milliseconds on the monotonic clock. */
function isDue(at: number): boolean {
  return at <= performance.now() + NOW_MS
}
