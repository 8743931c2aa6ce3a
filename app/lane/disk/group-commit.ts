/** Group commit: all that arrived while the last commit ran goes to the disk with the next one. */
import { Unusable } from '../../errors.ts'
import { backoffDelay } from '../../lib/backoff.ts'
import { sleep } from '../../lib/sleep.ts'
import type { Piece } from '../piece.ts'
import { type Block, Entries, type Entry, pack } from './pack.ts'
import { isFull } from './room.ts'
import type { Keys, Store } from './store.ts'
import type { Tally } from './tally.ts'

/** Payload of one transaction, in bytes; a single piece may be larger. */
const MOST_BYTES = 4 * 1024 * 1024
/** Payload of one transaction where there is little room. */
const SMALL_BYTES = 16 * 1024
/** How long acknowledged messages may wait to be forgotten when nothing else is committed, in milliseconds. */
const FORGET_MS = 100
const RETRY = { baseMs: 250, capMs: 5_000 }

/** What a group commit works with. */
export interface GroupCommitOptions {
  readonly store: Store
  readonly tally: Tally
  readonly sync: 'flush' | 'commit'
  /** First key in use, and the next one to use. */
  readonly first: number
  readonly next: number
  /** Blocks between the two that were given up in an earlier run. */
  readonly holes: readonly Keys[]
  /** Told of each block once it is kept, in order. */
  readonly kept: (block: Block) => void
  /** Told of each try that failed; `attempt` is 0 for the first of a row. */
  readonly held: (detail: string, attempt: number) => void
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
  readonly #closing = new AbortController()
  #pending: Waiter[] = []
  #forgotten: number
  #forgetTo: number
  #holes: readonly Keys[]
  /** Of the holes, those that are still on the disk. */
  #given: readonly Keys[] = []
  #next: number
  #running: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #closed = false
  #broken: unknown
  readonly #entries = new Entries()

  constructor(options: GroupCommitOptions) {
    this.#options = options
    this.#forgotten = options.first
    this.#forgetTo = options.first
    this.#next = options.next
    this.#holes = options.holes
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
    this.#forgetTo = to
    this.#soon()
  }

  /** The block `key` is given up, though blocks before it are still needed. */
  giveUp(key: number): void {
    const last = this.#holes.at(-1)
    const hole = { from: last?.to === key ? last.from : key, to: key + 1 }
    this.#holes = [...this.#holes.filter(({ to }) => to !== key), hole]
    this.#given = [...this.#given, { from: key, to: key + 1 }]
    this.#soon()
  }

  /** Tries once more to write what is waiting to be kept or forgotten, then writes no more. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#running
    if (this.#isStale || this.#pending.length > 0) this.#start()
    await this.#running
    this.#closed = true
    clearTimeout(this.#timer)
  }

  #soon(): void {
    if (this.#running || this.#timer) return
    this.#timer = setTimeout(() => this.#start(), FORGET_MS)
  }

  /** Whether there is something on the disk that may go. */
  get #isStale(): boolean {
    return this.#forgetTo > this.#forgotten || this.#given.length > 0
  }

  #start(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (!this.#closed) this.#running ??= this.#run().catch((error) => this.#end(error))
  }

  async #run(): Promise<void> {
    try {
      // What else arrives in this turn of the loop comes along.
      await new Promise((resolve) => setImmediate(resolve))
      while ((await this.#round()) && this.#isMore());
    } finally {
      // In the same turn as the last look for more: whoever comes later starts the next run.
      this.#running = undefined
    }
    if (this.#isStale) this.#soon()
  }

  /** Nothing is written any more. */
  #end(error: unknown): void {
    this.#closed = true
    for (const { reject } of this.#pending.splice(0)) reject(error)
    this.#broken = error
    if (!(error instanceof Unusable)) throw error
  }

  #isMore(): boolean {
    return this.#pending.length > 0 || (this.#closing.signal.aborted && this.#isStale)
  }

  /** Answers false when nothing more can be written. */
  async #round(): Promise<boolean> {
    const group = this.#take()
    try {
      if (
        !(await this.#commit(
          pack(
            group.flatMap(({ pieces }) => pieces),
            this.#next,
          ),
        ))
      )
        return false
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
  async #commit(blocks: readonly Block[]): Promise<boolean> {
    const { held, resumed } = this.#options
    const since = performance.now()
    const left = this.#entries.write(blocks)
    for (let attempt = 0; ; attempt++) {
      try {
        if (attempt > 0 || !(await this.#keepAll(left))) await this.#keepBitByBit(left)
        if (attempt > 0) resumed(performance.now() - since)
        return true
      } catch (error) {
        held(messageOf(error), attempt)
      }
      if (this.#closing.signal.aborted) return false
      await sleep(backoffDelay(attempt, RETRY) + RETRY.baseMs, this.#closing.signal)
    }
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

  async #keepBitByBit(left: Entry[]): Promise<void> {
    if (left.length > 0) await this.#makeRoom()
    const pieces = left.flatMap(({ block }) => block.pieces)
    left.splice(0, left.length, ...this.#entries.write(pack(pieces, this.#next, SMALL_BYTES)))
    do await this.#keep(left, 1)
    while (left.length > 0)
  }

  /** Writes the first `count` of what is `left`, and takes them from it. */
  async #keep(left: Entry[], count: number): Promise<void> {
    const part = left.slice(0, count)
    await this.#transact(part)
    left.splice(0, count)
    for (const { block } of part) this.#options.kept(block)
  }

  /** A full disk has room again once something is forgotten; LMDB uses that room only after one more transaction. */
  async #makeRoom(): Promise<void> {
    const isStale = this.#isStale
    try {
      await this.#transact([])
      if (isStale) await this.#transact([])
    } catch {
      // The next round tries again, and says so.
    }
  }

  async #transact(blocks: readonly Entry[]): Promise<void> {
    const { store, tally, sync } = this.#options
    const next = this.#next + blocks.length
    const arriving = blocks.reduce((sum, { block }) => sum + block.messages.length, 0)
    const prefix = { from: this.#forgotten, to: this.#forgetTo }
    const given = this.#given
    const holes = this.#holes.filter(({ to }) => to > prefix.to)
    const sums = tally.write(next, holes, arriving)
    await store.commit({ blocks, forget: [prefix, ...given], tally: sums }, sync)
    this.#forgotten = prefix.to
    this.#given = this.#given.slice(given.length)
    this.#holes = this.#holes.filter(({ to }) => to > prefix.to)
    this.#next = next
    tally.receive(arriving)
  }
}

/** Throws what cannot be waited for. */
function messageOf(error: unknown): string {
  if (error instanceof Unusable) throw error
  return error instanceof Error ? error.message : ''
}
