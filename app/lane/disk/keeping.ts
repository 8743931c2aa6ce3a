/** Writes until the disk takes it: tries again, in small blocks where there is little room. */
import { Unusable } from '../../errors.ts'
import { backoffDelay } from '../../lib/backoff.ts'
import { sleep } from '../../lib/sleep.ts'
import { BATCH } from '../piece.ts'
import { type Block, Entries, type Entry, type Group, pack } from './pack.ts'
import { isFull } from './room.ts'
import type { Transactions } from './transactions.ts'

/** Payload of one block where there is little room; a single message may be larger. */
const SMALL_BYTES = 16 * 1024
const RETRY = { baseMs: 250, capMs: 5_000 }
/** Between two tries when the disk is full and something was forgotten, in milliseconds. */
const LEAST_MS = 50

/** What is written with the messages, and who is told what. */
export interface KeepingOptions {
  /** What receive times lack to the broker's clock, in milliseconds; undefined while that is not known. */
  readonly correctionMs: () => number | undefined
  /** Told of each block once it is kept, in order. */
  readonly kept: (block: Block) => void
  /** Told of each try that failed; `isNews` when the one before it did not, or for another reason. */
  readonly held: (detail: string, isNews: boolean) => void
  /** Told when the disk takes writes again. */
  readonly resumed: (heldMs: number) => void
}

/** One call of `keep` at a time. */
export class Keeping {
  readonly #transactions: Transactions
  readonly #options: KeepingOptions
  readonly #entries: Entries
  /** Ends the wait between two tries. */
  #pause = new AbortController()
  #waitsForRoom = false
  #closing = false

  constructor(transactions: Transactions, options: KeepingOptions) {
    this.#transactions = transactions
    this.#options = options
    this.#entries = new Entries(options.correctionMs)
  }

  /** Something may go: where there was no room, there may be. */
  forgotten(): void {
    if (this.#waitsForRoom) this.#pause.abort()
  }

  /** Ends the wait for the next try. */
  tryAgain(): void {
    this.#pause.abort()
  }

  /** From now on one try is enough. */
  close(): void {
    this.#closing = true
    this.#pause.abort()
  }

  /** Answers false when it gave up because of `close`; throws `Unusable` for what cannot be waited for. */
  async keep(groups: readonly Group[]): Promise<boolean> {
    const { held, resumed } = this.#options
    const since = performance.now()
    const left = this.#blocks(groups, BATCH.bytes)
    let said: string | undefined
    for (let attempt = 0; ; attempt++) {
      try {
        if (attempt > 0 || !(await this.#keepAll(left))) await this.#keepBitByBit(left)
        if (attempt > 0) resumed(performance.now() - since)
        return true
      } catch (error) {
        const detail = messageOf(error)
        // At the end it is only counted.
        if (this.#closing) return false
        held(detail, detail !== said)
        said = detail
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
    const groups = left.map(({ block }) => block)
    left.splice(0, left.length, ...this.#blocks(groups, SMALL_BYTES))
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

  #blocks(groups: readonly Group[], most: number): Entry[] {
    return this.#entries.write(pack(groups, this.#transactions.next, most))
  }
}

/** Throws what cannot be waited for. */
function messageOf(error: unknown): string {
  if (error instanceof Unusable) throw error
  return error instanceof Error ? error.message : ''
}
