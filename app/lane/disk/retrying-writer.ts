/** Writes blocks with retries until the disk takes them. On a full disk the blocks become small. */
import { Unusable } from '../../errors.ts'
import { backoffDelay } from '../../lib/backoff.ts'
import { sleep } from '../../lib/sleep.ts'
import { BATCH } from '../piece.ts'
import { isFull } from './file-space.ts'
import { type Block, BlockEntries, type BlockEntry, type PieceGroup, pack } from './pack.ts'
import type { Transactions } from './transactions.ts'

/** Payload of one block on a full disk, in bytes; a single message may be larger. */
const SMALL_BYTES = 16 * 1024
const RETRY = { baseMs: 250, capMs: 5_000 }
/** Minimum delay between attempts on a full disk after blocks were deleted, in milliseconds. */
const LEAST_MS = 50

/** Options and callbacks of the writer. */
export interface RetryingWriterOptions {
  /** Correction from receive times to the broker's clock, in milliseconds; undefined while unknown. */
  readonly correctionMs: () => number | undefined
  /** Called for each written block, in order. */
  readonly kept: (block: Block) => void
  /** Called for each failed attempt. `isNews`: the first failure, or a failure with another reason. */
  readonly held: (detail: string, isNews: boolean) => void
  /** Called when writes succeed again. */
  readonly resumed: (heldMs: number) => void
}

/** Allows one call of `write` at a time. */
export class RetryingWriter {
  readonly #transactions: Transactions
  readonly #options: RetryingWriterOptions
  readonly #entries: BlockEntries
  /** Ends the wait between two attempts. */
  #pause = new AbortController()
  #waitsForRoom = false
  #closing = false

  constructor(transactions: Transactions, options: RetryingWriterOptions) {
    this.#transactions = transactions
    this.#options = options
    this.#entries = new BlockEntries(options.correctionMs)
  }

  /** Reports that blocks may be deleted, which may free space. */
  forgotten(): void {
    if (this.#waitsForRoom) this.#pause.abort()
  }

  /** Ends the wait for the next attempt. */
  tryAgain(): void {
    this.#pause.abort()
  }

  /** Stops retrying: one more attempt is made. */
  close(): void {
    this.#closing = true
    this.#pause.abort()
  }

  /** Returns false if `close` ended the retries. Throws `Unusable` for failures without retry. */
  async write(groups: readonly PieceGroup[]): Promise<boolean> {
    const { held, resumed } = this.#options
    const since = performance.now()
    const left = this.#blocks(groups, BATCH.bytes)
    let said: string | undefined
    for (let attempt = 0; ; attempt++) {
      try {
        if (attempt > 0 || !(await this.#writeAll(left))) await this.#writeBitByBit(left)
        if (attempt > 0) resumed(performance.now() - since)
        return true
      } catch (error) {
        const detail = retryableText(error)
        // While closing, the counts report the loss.
        if (this.#closing) return false
        held(detail, detail !== said)
        said = detail
        await this.#wait(attempt, isFull(error))
      }
    }
  }

  /** Waits for the next attempt: after a delay, or as soon as a full disk may have space. */
  async #wait(attempt: number, forRoom: boolean): Promise<void> {
    this.#pause = new AbortController()
    this.#waitsForRoom = forRoom
    const isDue = forRoom && this.#transactions.isStale
    if (!isDue) await sleep(backoffDelay(attempt, RETRY) + RETRY.baseMs, this.#pause.signal)
    this.#waitsForRoom = false
    // Acknowledgements arrive one by one; several together free more space.
    if (forRoom && !this.#closing) await sleep(LEAST_MS)
  }

  /** Returns false if there is no space for all blocks at once. */
  async #writeAll(left: BlockEntry[]): Promise<boolean> {
    try {
      await this.#write(left, left.length)
      return true
    } catch (error) {
      if (left.length > 0 && isFull(error)) return false
      throw error
    }
  }

  /** Writes small blocks, as many per transaction as fit. */
  async #writeBitByBit(left: BlockEntry[]): Promise<void> {
    if (left.length > 0) await this.#makeRoom()
    const groups = left.map(({ block }) => block)
    left.splice(0, left.length, ...this.#blocks(groups, SMALL_BYTES))
    let count = left.length
    do {
      try {
        await this.#write(left, count)
      } catch (error) {
        if (count <= 1 || !isFull(error)) throw error
        count = Math.ceil(count / 2)
      }
    } while (left.length > 0)
  }

  /** Writes the first `count` entries and removes them from `left`. */
  async #write(left: BlockEntry[], count: number): Promise<void> {
    const part = left.slice(0, count)
    await this.#transactions.write(part)
    left.splice(0, count)
    for (const { block } of part) this.#options.kept(block)
  }

  /** Deletes blocks to free space. LMDB reuses the space only after another transaction. */
  async #makeRoom(): Promise<void> {
    const { isStale } = this.#transactions
    try {
      await this.#transactions.write([])
      if (isStale) await this.#transactions.write([])
    } catch {
      // The next attempt fails as well and reports the error.
    }
  }

  #blocks(groups: readonly PieceGroup[], most: number): BlockEntry[] {
    return this.#entries.write(pack(groups, this.#transactions.next, most))
  }
}

/** The text of an error. Rethrows `Unusable`. */
function retryableText(error: unknown): string {
  if (error instanceof Unusable) throw error
  return error instanceof Error ? error.message : ''
}
