/** Group commit: each commit writes all messages that arrived during the previous commit and are not settled yet. */
import { Unusable } from '../../errors.ts'
import type { Piece } from '../piece.ts'
import { type Arrival, PendingWrites } from './pending-writes.ts'
import { RetryingWriter, type RetryingWriterOptions } from './retrying-writer.ts'
import { Transactions, type TransactionsOptions } from './transactions.ts'

/** Payload limit of one transaction, in bytes; a single arrival may be larger. */
const MOST_COMMIT_BYTES = 4 * 1024 * 1024
/** Delay until settled messages are deleted, or changed counts are saved, without another commit; in milliseconds. */
const FORGET_MS = 100
const SUMS_MS = 1_000
/** Shorter delays count as due now, in milliseconds. */
const NOW_MS = 0.5

/** Options of `GroupCommit`. */
export interface GroupCommitOptions extends TransactionsOptions, RetryingWriterOptions {
  /** Called when arrivals that waited for a commit become readable. */
  readonly readable: () => void
}

/** The only writer of a store. */
export class GroupCommit {
  readonly #options: GroupCommitOptions
  readonly #transactions: Transactions
  readonly #writer: RetryingWriter
  readonly #pending = new PendingWrites()
  /** Whether the current commit writes unread messages. Later arrivals must wait, to keep the order. */
  #unreadGoes = false
  #running: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  /** When the timer fires, and when deletions or counts are due; milliseconds on the monotonic clock. */
  #timerAt = Number.POSITIVE_INFINITY
  #staleAt = Number.POSITIVE_INFINITY
  #closing = false
  #closed = false
  #broken: unknown

  constructor(options: GroupCommitOptions) {
    this.#options = options
    this.#transactions = new Transactions(options)
    this.#writer = new RetryingWriter(this.#transactions, options)
  }

  /**
   * Resolves when the pieces are written, or settled before. `mayBypass`: a reader is ready for the pieces.
   * Waits while the disk takes no writes. Throws `Unusable` for failures without retry.
   */
  async add(pieces: readonly Piece[], mayBypass: boolean): Promise<void> {
    if (this.#broken) throw this.#broken
    const kept = this.#pending.add(pieces, mayBypass)
    this.#schedule()
    await kept
  }

  /** Whether unwritten arrivals can be read now. */
  get isReadable(): boolean {
    return !this.#unreadGoes && this.#pending.isReadable
  }

  /** Returns the next unwritten arrivals, up to the limits of a batch. They are still written unless settled soon. */
  read(): readonly Arrival[] {
    return this.isReadable ? this.#pending.read() : []
  }

  /** Settles arrivals of one batch. Returns how many of their messages will not be written. */
  settle(arrivals: readonly Arrival[]): number {
    return this.#pending.settle(arrivals)
  }

  /** Notes changed counts. They are saved with the next commit, or alone after `withinMs`. */
  noteSums(withinMs = SUMS_MS): void {
    this.#transactions.noteSums()
    this.#goesWithin(withinMs)
  }

  /** Writes now, which detects a disk that takes no writes. */
  tryOut(): void {
    if (!this.#running) this.noteSums(0)
  }

  /** Ends the wait before the next retry. */
  tryAgain(): void {
    this.#writer.tryAgain()
  }

  /** Allows the deletion of all blocks before key `to`, with the next commit or soon after. */
  forget(to: number): void {
    this.#transactions.forget(to)
    this.#writer.forgotten()
    this.#goesWithin(FORGET_MS)
  }

  /** Drops the block `key`, while earlier blocks are still needed. */
  giveUp(key: number): void {
    this.#transactions.giveUp(key)
    this.#writer.forgotten()
    this.#goesWithin(FORGET_MS)
  }

  /** Makes one last attempt to write all pending changes, then stops writing. */
  async close(): Promise<void> {
    this.#closing = true
    this.#writer.close()
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

  /** Starts a run if a write is due, or sets the timer. */
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
    return Math.min(this.#pending.dueAt, this.#staleAt)
  }

  #start(): void {
    if (!this.#closed) this.#running ??= this.#run().catch((error) => this.#end(error))
  }

  async #run(): Promise<void> {
    try {
      do {
        // Includes messages that arrive in the same event-loop turn.
        await new Promise((resolve) => setImmediate(resolve))
      } while ((await this.#round()) && this.#isMore())
    } finally {
      // Reset in the same turn as the last check, so a later arrival starts a new run.
      this.#running = undefined
    }
    if (!this.#closing) this.#schedule()
  }

  /** Stops all writing after a fatal error. */
  #end(error: unknown): void {
    this.#closed = true
    for (const { reject } of this.#pending.take(Number.POSITIVE_INFINITY)) reject(error)
    this.#broken = error
    if (!(error instanceof Unusable)) throw error
  }

  /** Whether a write is due; while closing, whether anything is pending. */
  #isMore(): boolean {
    if (this.#closing) return !this.#pending.isEmpty || this.#transactions.isBehind
    return isDue(this.#dueAt())
  }

  /** Writes due changes; while closing, all pending changes. Returns false if nothing more can be written. */
  async #round(): Promise<boolean> {
    const group = this.#closing || isDue(this.#pending.dueAt) ? this.#pending.take(MOST_COMMIT_BYTES) : []
    if (group.length === 0 && !this.#closing && !isDue(this.#staleAt)) return true
    this.#staleAt = Number.POSITIVE_INFINITY
    if (group.length === 0 && !this.#transactions.isBehind) return true
    this.#unreadGoes = group.some(({ reader }) => !reader)
    try {
      if (!(await this.#writer.write(group))) return false
      for (const { resolve } of group) resolve()
      return true
    } catch (error) {
      for (const { reject } of group) reject(error)
      throw error
    } finally {
      this.#unreadGoes = false
      if (this.#pending.isReadable) this.#options.readable()
    }
  }
}

/** `at`: milliseconds on the monotonic clock. */
function isDue(at: number): boolean {
  return at <= performance.now() + NOW_MS
}
