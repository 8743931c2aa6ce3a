/** The lane on disk: bounded by what it holds there, in order, there again after a restart. */
import { Notifier } from '../../lib/notifier.ts'
import type { Batch, Lane, LaneHeld, Message, SourceInfo } from '../../model.ts'
import { Admission } from '../admission.ts'
import type { LaneOptions } from '../index.ts'
import { BATCH, cut } from '../piece.ts'
import { Backlog, DISK_OVERHEAD_BYTES, type ReadBlock, sharesOf } from './backlog.ts'
import { unusable } from './folder.ts'
import { GroupCommit } from './group-commit.ts'
import type { Lock } from './lock.ts'
import type { Scan } from './scan.ts'
import type { Store } from './store.ts'
import { Tally } from './tally.ts'

interface InFlight {
  readonly messages: number
  /** Key after its last block. */
  readonly to: number
  readonly shares: ReadonlyMap<SourceInfo, number>
  settled: boolean
}

/** What a lane is made of; its close closes it. */
export interface Opened {
  readonly folder: string
  readonly lock: Lock
  readonly store: Store
  /** What is in the store. */
  readonly found: Scan
}

/** Keeps, hands on and forgets; see the contract of `Lane`. */
export class DiskLane implements Lane {
  readonly durable = true
  readonly #options: LaneOptions
  readonly #opened: Opened
  readonly #tally: Tally
  readonly #admission: Admission
  readonly #commits: GroupCommit
  readonly #backlog: Backlog
  /** Read and not forgotten, in order; and those of them that are not acknowledged. */
  readonly #read: InFlight[] = []
  readonly #open = new Map<Batch, InFlight>()
  readonly #changed = new Notifier()
  #turn: Promise<unknown> = Promise.resolve()
  #messages: number
  #kept: number
  #closed = false

  constructor(options: LaneOptions, opened: Opened) {
    const { feed, emit } = options
    const { store, found } = opened
    this.#options = options
    this.#opened = opened
    this.#tally = new Tally(options.ledger, found.tally)
    this.#admission = new Admission(options.laneMaxBytes)
    for (const [id, { messages, bytes }] of Object.entries(found.sources)) {
      this.#admission.restore(options.sourceOf(id), bytes + messages * DISK_OVERHEAD_BYTES)
    }
    this.#messages = found.messages
    this.#kept = found.messages
    this.#backlog = new Backlog(store, options.sourceOf, found)
    this.#commits = new GroupCommit({
      first: found.first,
      next: found.next,
      holes: found.tally?.holes ?? [],
      store,
      tally: this.#tally,
      sync: options.sync,
      kept: (block) => {
        this.#kept += block.messages.length
        this.#backlog.push(block)
        this.#changed.notify()
      },
      held: (detail, isNews) => emit({ type: 'lane.held', feed, detail, isNews }),
      resumed: (heldMs) => emit({ type: 'lane.resumed', feed, heldMs }),
    })
  }

  async append(messages: readonly Message[]): Promise<void> {
    const [first] = messages
    if (!first) return
    const options = this.#options
    this.#messages += messages.length
    const pieces = cut(messages, BATCH, DISK_OVERHEAD_BYTES)
    const cost = pieces.reduce((sum, piece) => sum + piece.cost, 0)
    if (!this.#admission.tryEnter(first.source, cost)) {
      if (options.overload === 'drop-newest') return this.#dropNewest(messages.length)
      if (options.overload === 'drop-oldest') await this.#dropOldest(cost)
      await this.#admission.enter(first.source, cost, first.receivedAt)
    }
    await this.#commits.add(pieces)
  }

  async *read(signal: AbortSignal): AsyncGenerator<Batch> {
    while (!signal.aborted) {
      if (this.#backlog.isEmpty || this.#open.size >= this.#options.maxInFlightBatches) await this.#changed.wait(signal)
      else {
        const batch = await this.#inTurn(() => this.#next()).catch((error) => this.#cannotRead(error))
        if (batch) yield batch
      }
    }
  }

  acknowledge(batch: Batch): void {
    const entry = this.#open.get(batch)
    if (!entry || this.#closed) return
    this.#open.delete(batch)
    entry.settled = true
    this.#messages -= entry.messages
    this.#kept -= entry.messages
    this.#forget()
    this.#changed.notify()
  }

  get held(): LaneHeld {
    const [oldestBatch] = this.#open.keys()
    return {
      messages: this.#messages,
      kept: this.#kept,
      bytes: this.#admission.bytes,
      limitBytes: this.#options.laneMaxBytes,
      oldestReceivedAt:
        oldestBatch?.messages[0]?.receivedAt || this.#backlog.oldestReceivedAt || this.#admission.oldestWaiting,
    }
  }

  async drained(signal: AbortSignal): Promise<void> {
    this.#admission.admitAll()
    while (this.#open.size > 0 && !signal.aborted) await this.#changed.wait(signal)
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#commits.close()
    await this.#opened.store.close()
    await this.#opened.lock.release()
  }

  #dropNewest(messages: number): void {
    this.#tally.receive(messages)
    this.#countDropped(messages)
  }

  /** Makes room for `cost` bytes as long as there is something that is not on its way yet. */
  async #dropOldest(cost: number): Promise<void> {
    while (!this.#admission.hasRoom(cost)) {
      const block = await this.#inTurn(() => this.#takeBlock())
      if (!block) return
      this.#admission.leave(sharesOf(block.messages))
      this.#kept -= block.messages.length
      this.#countDropped(block.messages.length)
      this.#commits.giveUp(block.key)
      this.#read.push({ messages: 0, to: block.key + 1, shares: new Map(), settled: true })
      this.#forget()
    }
  }

  #countDropped(messages: number): void {
    const { ledger, overload } = this.#options
    this.#messages -= messages
    this.#tally.drop(messages, overload)
    ledger.dropped.set(overload, (ledger.dropped.get(overload) ?? 0) + messages)
    this.#changed.notify()
  }

  async #takeBlock(): Promise<ReadBlock | undefined> {
    const block = await this.#backlog.peek()
    if (block) this.#backlog.take()
    return block
  }

  /** Both sides take blocks, and one may have to be read from the disk: one after the other. */
  #inTurn<T>(take: () => Promise<T>): Promise<T> {
    const taken = this.#turn.then(take)
    this.#turn = taken.catch(() => {})
    return taken
  }

  /** Whole blocks up to the limits of a batch; undefined when the last one was given up meanwhile. */
  async #next(): Promise<Batch | undefined> {
    const parts: (readonly Message[])[] = []
    let messages = 0
    let bytes = 0
    let to = 0
    for (let block = await this.#backlog.peek(); block; block = await this.#backlog.peek()) {
      if (messages > 0 && (messages + block.messages.length > BATCH.messages || bytes + block.bytes > BATCH.bytes))
        break
      this.#backlog.take()
      parts.push(block.messages)
      messages += block.messages.length
      bytes += block.bytes
      to = block.key + 1
    }
    const [only] = parts
    if (!only) return undefined
    const batch: Batch = { messages: parts.length === 1 ? only : parts.flat(), bytes }
    const entry: InFlight = { messages, to, shares: sharesOf(batch.messages), settled: false }
    this.#read.push(entry)
    this.#open.set(batch, entry)
    return batch
  }

  #cannotRead(error: unknown): never {
    throw unusable(this.#options.feed, this.#opened.folder, error)
  }

  /** The contiguous prefix that is settled makes room, and goes from the disk with a later commit. */
  #forget(): void {
    for (let first = this.#read[0]; first?.settled; first = this.#read[0]) {
      this.#read.shift()
      this.#tally.settle(first.messages)
      this.#admission.leave(first.shares)
      this.#commits.forget(first.to)
    }
  }
}
