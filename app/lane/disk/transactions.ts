/** Runs transactions one after another: blocks with consecutive keys, deletions, and matching counts. */
import type { Numbers } from '../numbers.ts'
import type { Keys } from './environment.ts'
import type { BlockEntry } from './pack.ts'
import type { SavedCounts } from './saved-counts.ts'
import type { Store } from './store.ts'

/** Initial state of a lane's transactions. */
export interface TransactionsOptions {
  readonly store: Pick<Store, 'commit'>
  readonly counts: SavedCounts
  readonly numbers: Numbers
  readonly sync: 'flush' | 'commit'
  /** First key in use, and the next key to use. */
  readonly first: number
  readonly next: number
  /** Blocks between `first` and `next` that earlier runs dropped. */
  readonly holes: readonly Keys[]
}

/** The transactions of one store. No other code writes to the store. */
export class Transactions {
  readonly #options: TransactionsOptions
  #forgotten: number
  #forgetTo: number
  #holes: readonly Keys[]
  /** Dropped blocks that are still on disk. */
  #given: readonly Keys[] = []
  #next: number
  /**
   * Key after the last block of a failed transaction. LMDB may have stored the block and show it after the next start.
   */
  #strayTo: number
  #sumsChanged = false

  constructor(options: TransactionsOptions) {
    this.#options = options
    this.#forgotten = options.first
    this.#forgetTo = options.first
    this.#next = options.next
    this.#strayTo = options.next
    this.#holes = options.holes
  }

  /** Key of the next block. */
  get next(): number {
    return this.#next
  }

  /** Whether blocks on disk can be deleted. */
  get isStale(): boolean {
    return this.#forgetTo > this.#forgotten || this.#given.length > 0
  }

  /** Whether the next transaction has changes other than blocks. */
  get isBehind(): boolean {
    return this.isStale || this.#sumsChanged
  }

  /** Notes that counts changed without a block. */
  noteSums(): void {
    this.#sumsChanged = true
  }

  /** Allows the next transaction to delete all blocks before key `to`. */
  forget(to: number): void {
    this.#forgetTo = to
  }

  /** Drops the block `key`, while earlier blocks are still needed. */
  giveUp(key: number): void {
    const last = this.#holes.at(-1)
    const hole = { from: last?.to === key ? last.from : key, to: key + 1 }
    this.#holes = [...this.#holes.filter(({ to }) => to !== key), hole]
    this.#given = [...this.#given, { from: key, to: key + 1 }]
  }

  /** Writes `blocks`, whose keys begin with `next`, and deletes forgotten blocks. Rejects like `Store.commit`. */
  async write(blocks: readonly BlockEntry[]): Promise<void> {
    const { store, counts, numbers, sync } = this.#options
    const next = this.#next + blocks.length
    const arriving = blocks.reduce((sum, { block }) => sum + block.messages.length, 0)
    const prefix = { from: this.#forgotten, to: this.#forgetTo }
    const given = this.#given
    const forget = [prefix, ...given, { from: next, to: this.#strayTo }].filter(({ from, to }) => from < to)
    const { ahead } = numbers
    const sums = counts.write(next, this.#holesFrom(prefix.to), arriving, ahead)
    this.#strayTo = Math.max(this.#strayTo, next)
    const changed = this.#sumsChanged
    this.#sumsChanged = false
    await store.commit({ blocks, forget, counts: sums }, sync).catch((error) => {
      this.#sumsChanged ||= changed
      throw error
    })
    numbers.written(ahead)
    this.#forgotten = prefix.to
    this.#given = this.#given.slice(given.length)
    this.#holes = this.#holesFrom(prefix.to)
    this.#next = next
    this.#strayTo = next
    counts.receive(arriving)
  }

  #holesFrom(key: number): readonly Keys[] {
    return this.#holes.filter(({ to }) => to > key)
  }
}
