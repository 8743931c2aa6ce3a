/** The lane on disk: bounded by what it holds there, in order, there again after a restart. */
import { Notifier } from '../../lib/notifier.ts'
import { Turns } from '../../lib/turns.ts'
import type { Batch, Lane, LaneHeld, LaneLimits, Message } from '../../model.ts'
import { Admission } from '../admission.ts'
import { batchOf, type Part } from '../batch.ts'
import type { LaneOptions } from '../index.ts'
import { BATCH, cut } from '../piece.ts'
import { Backlog, DISK_OVERHEAD_BYTES, type ReadBlock, sharesOf } from './backlog.ts'
import { unusable } from './folder.ts'
import { GroupCommit } from './group-commit.ts'
import { Flights, type InFlight } from './in-flight.ts'
import { closeAll, type Opened } from './opened.ts'
import type { Block } from './pack.ts'

/** How often is looked whether the files are still there, in milliseconds. */
const WATCH_MS = 1_000

/** Keeps, hands on and forgets; see the contract of `Lane`. */
export class DiskLane implements Lane {
  readonly id: string
  readonly durable = true
  #options: LaneOptions
  readonly #opened: Opened
  readonly #admission: Admission
  readonly #commits: GroupCommit
  readonly #backlog: Backlog
  readonly #flights = new Flights()
  readonly #changed = new Notifier()
  /** Both sides take blocks, and one may have to be read from the disk. */
  readonly #turns = new Turns()
  readonly #watch: NodeJS.Timeout
  #messages: number
  #kept: number
  #closed = false

  constructor(options: LaneOptions, opened: Opened) {
    const [{ feed, emit, correctionMs }, { store, tally, numbers, found }] = [options, opened]
    this.id = numbers.lane
    this.#options = options
    this.#opened = opened
    // What it says of an earlier lane in this folder must not be taken for this one's.
    opened.passed.write(tally.writePassed())
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
      tally,
      numbers,
      sync: options.sync,
      correctionMs,
      kept: (block) => this.#keep(block),
      readable: () => this.#changed.notify(),
      held: (detail, isNews) => emit({ type: 'lane.held', feed, detail, isNews }),
      resumed: (heldMs) => emit({ type: 'lane.resumed', feed, heldMs }),
    })
    this.#watch = setInterval(() => void this.survives(), WATCH_MS).unref()
  }

  async append(messages: readonly Message[]): Promise<void> {
    const [first] = messages
    if (!first) return
    this.#messages += messages.length
    const pieces = cut(messages, BATCH, DISK_OVERHEAD_BYTES)
    const cost = pieces.reduce((sum, piece) => sum + piece.cost, 0)
    if (!this.#admission.tryEnter(first.source, cost)) {
      if (this.#options.overload === 'drop-newest') return this.#dropNewest(messages.length)
      if (this.#options.overload === 'drop-oldest') await this.#dropOldest(cost)
      await this.#admission.enter(first.source, cost, first.receivedAt)
    }
    const mayPass = this.#opened.numbers.give(pieces) && this.#backlog.isEmpty && this.#hasTurn
    const kept = this.#commits.add(pieces, mayPass)
    this.#changed.notify()
    await kept
  }

  async *read(signal: AbortSignal): AsyncGenerator<Batch> {
    this.#flights.handOver()
    while (!signal.aborted) {
      if (!this.#isReadable || !this.#hasTurn) await this.#changed.wait(signal)
      else {
        const batch = await this.#turns.run(() => this.#next()).catch((error) => this.#cannotRead(error))
        if (batch) yield batch
      }
    }
  }

  acknowledge(batch: Batch): void {
    const flight = this.#closed ? undefined : this.#flights.settle(batch)
    if (!flight) return
    this.#messages -= batch.messages.length
    this.#kept -= flight.written
    this.#pass(flight)
    this.#forget()
    this.#changed.notify()
  }

  get held(): LaneHeld {
    return {
      messages: this.#messages,
      kept: this.#opened.presence.problem === undefined ? this.#kept : 0,
      bytes: this.#admission.bytes,
      limitBytes: this.#options.laneMaxBytes,
      oldestReceivedAt:
        this.#flights.oldestReceivedAt || this.#backlog.oldestReceivedAt || this.#admission.oldestWaiting,
    }
  }

  async survives(): Promise<boolean> {
    if (await this.#opened.presence.look()) return true
    if (!this.#closed) this.#commits.tryOut()
    return false
  }

  async drained(signal: AbortSignal): Promise<void> {
    this.#admission.admitAll()
    const survives = await this.survives()
    if (!survives) {
      // What waits for the disk can be read once it is written, wherever that is.
      this.#opened.presence.giveUp()
      this.#commits.tryAgain()
    }
    const left = (): number => (survives ? this.#flights.open : this.#messages)
    while (left() > 0 && !signal.aborted) await this.#changed.wait(signal)
    await this.survives()
  }

  resize(limits: LaneLimits): void {
    this.#options = { ...this.#options, ...limits }
    this.#admission.resize(limits.laneMaxBytes)
  }

  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#watch)
    await this.#commits.close()
    await closeAll(this.#opened)
  }

  #dropNewest(messages: number): void {
    this.#opened.tally.receive(messages)
    this.#countDropped(messages)
    this.#commits.noteSums()
  }

  /** Makes room for `cost` bytes as long as there is something that is not on its way yet. */
  async #dropOldest(cost: number): Promise<void> {
    while (!this.#admission.hasRoom(cost)) {
      const block = await this.#turns.run(() => this.#takeBlock())
      if (!block) return
      this.#admission.leave(sharesOf(block.messages))
      this.#kept -= block.messages.length
      this.#countDropped(block.messages.length)
      this.#commits.giveUp(block.key)
      this.#flights.addGivenUp(block.key)
      this.#forget()
    }
  }

  #countDropped(messages: number): void {
    const { ledger, overload } = this.#options
    this.#messages -= messages
    this.#opened.tally.drop(messages, overload)
    ledger.dropped.set(overload, (ledger.dropped.get(overload) ?? 0) + messages)
    this.#changed.notify()
  }

  async #takeBlock(): Promise<ReadBlock | undefined> {
    const block = await this.#backlog.peek()
    if (block) this.#backlog.take()
    return block
  }

  get #isReadable(): boolean {
    return !this.#backlog.isEmpty || this.#commits.isReadable
  }

  /** Whether a batch more may be on its way. */
  get #hasTurn(): boolean {
    return this.#flights.present < this.#options.maxInFlightBatches
  }

  /** A block is on the disk: to be read, or only to be read again after a restart. */
  #keep(block: Block): void {
    const { messages, reader } = block
    if (!reader?.settled) this.#kept += messages.length
    if (reader) {
      this.#flights.keep(reader, block)
      this.#backlog.skip(block)
      this.#forget()
    } else this.#backlog.push(block)
    this.#changed.notify()
  }

  /** What comes next, up to the limits of a batch; undefined when the last of it was given up meanwhile. */
  async #next(): Promise<Batch | undefined> {
    const blocks = await this.#backlog.takeBatch()
    if (!blocks) return this.#nextArrivals()
    const { parts, messages, bytes, to } = blocks
    return this.#batch(parts, bytes, { written: messages, fresh: 0, to, arrivals: [] })
  }

  #nextArrivals(): Batch | undefined {
    const arrivals = this.#backlog.isEmpty ? this.#commits.read() : []
    if (arrivals.length === 0) return undefined
    const parts = arrivals.flatMap(({ pieces }) => pieces)
    const sumOf = (what: 'messages' | 'bytes'): number => arrivals.reduce((sum, arrival) => sum + arrival[what], 0)
    return this.#batch(parts, sumOf('bytes'), { written: 0, fresh: sumOf('messages'), to: 0, arrivals })
  }

  #batch(parts: readonly Part[], bytes: number, where: Pick<InFlight, 'written' | 'fresh' | 'to' | 'arrivals'>): Batch {
    const batch = batchOf(parts, bytes)
    this.#flights.add(batch, { ...where, shares: sharesOf(batch.messages), settled: false })
    return batch
  }

  #cannotRead(error: unknown): never {
    throw unusable(this.#options.feed, this.#opened.folder, error)
  }

  /** What of a settled batch is not being written goes without it. */
  #pass(flight: InFlight): void {
    const messages = this.#commits.settle(flight.arrivals)
    flight.arrivals = []
    if (messages === 0) return
    flight.fresh -= messages
    this.#opened.tally.pass(messages)
    this.#opened.passed.write(this.#opened.tally.writePassed())
    this.#commits.noteSums()
    if (flight.fresh === 0 && flight.to === 0) this.#admission.leave(flight.shares)
  }

  /** The contiguous prefix that is settled makes room, and goes from the disk with a later commit. */
  #forget(): void {
    for (const { written, shares, to } of this.#flights.takeSettled()) {
      this.#opened.tally.settle(written)
      this.#admission.leave(shares)
      this.#commits.forget(to)
    }
  }
}
