/** Group commit: all that arrived while the last commit ran goes to the disk with the next one. */
import { backoffDelay } from '../../lib/backoff.ts'
import { sleep } from '../../lib/sleep.ts'
import type { Message } from '../../model.ts'
import { BATCH, type Piece } from '../piece.ts'
import { blockBytes, writeBlock } from './block.ts'
import type { Keys, Store, Transaction } from './store.ts'
import type { Tally } from './tally.ts'

/** Payload of one transaction, in bytes; a single piece may be larger. */
const MOST_BYTES = 4 * 1024 * 1024
/** How long acknowledged messages may wait to be forgotten when nothing else is committed, in milliseconds. */
const FORGET_MS = 100
const RETRY = { baseMs: 250, capMs: 5_000 }

/** Pieces that became one entry on the disk. */
export interface Block {
  readonly key: number
  readonly pieces: readonly Piece[]
  readonly messages: readonly Message[]
  readonly bytes: number
}

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
  /** Used again by each commit: the writer has copied it when the commit resolves. */
  #buffer = Buffer.allocUnsafeSlow(64 * 1024)

  constructor(options: GroupCommitOptions) {
    this.#options = options
    this.#forgotten = options.first
    this.#forgetTo = options.first
    this.#next = options.next
    this.#holes = options.holes
  }

  /** Resolves when the pieces are kept. Waits as long as the disk does not take them. */
  add(pieces: readonly Piece[]): Promise<void> {
    return new Promise((resolve, reject) => {
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
    if (!this.#closed) this.#running ??= this.#run()
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

  #isMore(): boolean {
    return this.#pending.length > 0 || (this.#closing.signal.aborted && this.#isStale)
  }

  /** Answers false when nothing more can be written. */
  async #round(): Promise<boolean> {
    const group = this.#take()
    try {
      if (!(await this.#commit(pack(group, this.#next)))) return false
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
    const { kept, held, resumed } = this.#options
    const since = performance.now()
    const written = this.#write(blocks)
    for (let attempt = 0; ; attempt++) {
      try {
        await this.#transact(blocks, written)
        if (attempt > 0) resumed(performance.now() - since)
        for (const block of blocks) kept(block)
        return true
      } catch (error) {
        held(error instanceof Error ? error.message : '', attempt)
      }
      if (this.#closing.signal.aborted) return false
      if (blocks.length > 0) await this.#makeRoom()
      await sleep(backoffDelay(attempt, RETRY) + RETRY.baseMs, this.#closing.signal)
    }
  }

  /** A full disk has room again once something is forgotten; LMDB uses that room only after one more transaction. */
  async #makeRoom(): Promise<void> {
    try {
      await this.#transact([], [])
    } catch {
      // The next round tries again, and says so.
    }
  }

  async #transact(blocks: readonly Block[], written: Transaction['blocks']): Promise<void> {
    const { store, tally, sync } = this.#options
    const next = this.#next + blocks.length
    const arriving = blocks.reduce((sum, block) => sum + block.messages.length, 0)
    const prefix = { from: this.#forgotten, to: this.#forgetTo }
    const given = this.#given
    const holes = this.#holes.filter(({ to }) => to > prefix.to)
    const sums = tally.write(next, holes, arriving)
    await store.commit({ blocks: written, forget: [prefix, ...given], tally: sums }, sync)
    this.#forgotten = prefix.to
    this.#given = this.#given.slice(given.length)
    this.#holes = this.#holes.filter(({ to }) => to > prefix.to)
    this.#next = next
    tally.receive(arriving)
  }

  #write(blocks: readonly Block[]): { key: number; bytes: Buffer }[] {
    const needed = blocks.reduce((sum, { messages }) => sum + blockBytes(messages), 0)
    if (needed > this.#buffer.length || needed < this.#buffer.length / 64)
      this.#buffer = Buffer.allocUnsafeSlow(Math.max(needed, 64 * 1024))
    let at = 0
    return blocks.map(({ key, messages }) => {
      const start = at
      at = writeBlock(messages, this.#buffer, start)
      return { key, bytes: this.#buffer.subarray(start, at) }
    })
  }
}

/** Whole pieces, in order, into blocks no larger than a batch. */
function pack(group: readonly Waiter[], firstKey: number): Block[] {
  const blocks: Block[] = []
  let open: Piece[] = []
  let messages = 0
  let bytes = 0
  const close = (): void => {
    if (open.length > 0) blocks.push(blockOf(firstKey + blocks.length, open, bytes))
    open = []
    messages = 0
    bytes = 0
  }
  for (const piece of group.flatMap(({ pieces }) => pieces)) {
    if (messages + piece.messages.length > BATCH.messages || bytes + piece.bytes > BATCH.bytes) close()
    open.push(piece)
    messages += piece.messages.length
    bytes += piece.bytes
  }
  close()
  return blocks
}

function blockOf(key: number, pieces: readonly Piece[], bytes: number): Block {
  const [only] = pieces
  const messages = only && pieces.length === 1 ? only.messages : pieces.flatMap((piece) => piece.messages)
  return { key, pieces, messages, bytes }
}
