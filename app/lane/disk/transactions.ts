/** One transaction after the other: blocks under consecutive keys, what may go, and the sums that fit both. */
import type { Numbers } from '../numbers.ts'
import type { Keys } from './environment.ts'
import type { Entry } from './pack.ts'
import type { Store } from './store.ts'
import type { Tally } from './tally.ts'

/** What the transactions of a lane begin with. */
export interface TransactionsOptions {
  readonly store: Pick<Store, 'commit'>
  readonly tally: Tally
  readonly numbers: Numbers
  readonly sync: 'flush' | 'commit'
  /** First key in use, and the next one to use. */
  readonly first: number
  readonly next: number
  /** Blocks between the two that were given up in an earlier run. */
  readonly holes: readonly Keys[]
}

/** Of one store, and the only one who changes it. */
export class Transactions {
  readonly #options: TransactionsOptions
  #forgotten: number
  #forgetTo: number
  #holes: readonly Keys[]
  /** Of the holes, those that are still on the disk. */
  #given: readonly Keys[] = []
  #next: number
  /** Key after the last block that failed: LMDB may have it all the same, and show it after the next start. */
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

  /** Whether there is something on the disk that may go. */
  get isStale(): boolean {
    return this.#forgetTo > this.#forgotten || this.#given.length > 0
  }

  /** Whether there is something that the next transaction would write, blocks apart. */
  get isBehind(): boolean {
    return this.isStale || this.#sumsChanged
  }

  /** The sums are others now, though no block is. */
  noteSums(): void {
    this.#sumsChanged = true
  }

  /** All blocks before key `to` may go with the next transaction. */
  forget(to: number): void {
    this.#forgetTo = to
  }

  /** The block `key` is given up, though blocks before it are still needed. */
  giveUp(key: number): void {
    const last = this.#holes.at(-1)
    const hole = { from: last?.to === key ? last.from : key, to: key + 1 }
    this.#holes = [...this.#holes.filter(({ to }) => to !== key), hole]
    this.#given = [...this.#given, { from: key, to: key + 1 }]
  }

  /** Resolves when `blocks` are kept, whose keys begin with `next`, and what may go is gone. Rejects as `Store.commit` does. */
  async write(blocks: readonly Entry[]): Promise<void> {
    const { store, tally, numbers, sync } = this.#options
    const next = this.#next + blocks.length
    const arriving = blocks.reduce((sum, { block }) => sum + block.messages.length, 0)
    const prefix = { from: this.#forgotten, to: this.#forgetTo }
    const given = this.#given
    const forget = [prefix, ...given, { from: next, to: this.#strayTo }].filter(({ from, to }) => from < to)
    const { ahead } = numbers
    const sums = tally.write(next, this.#holesFrom(prefix.to), arriving, ahead)
    this.#strayTo = Math.max(this.#strayTo, next)
    const changed = this.#sumsChanged
    this.#sumsChanged = false
    await store.commit({ blocks, forget, tally: sums }, sync).catch((error) => {
      this.#sumsChanged ||= changed
      throw error
    })
    numbers.written(ahead)
    this.#forgotten = prefix.to
    this.#given = this.#given.slice(given.length)
    this.#holes = this.#holesFrom(prefix.to)
    this.#next = next
    this.#strayTo = next
    tally.receive(arriving)
  }

  #holesFrom(key: number): readonly Keys[] {
    return this.#holes.filter(({ to }) => to > key)
  }
}
