/** The lane on disk: limited in bytes, in order, and restored after a restart. */
import { Notifier } from '../../lib/notifier.ts'
import { Turns } from '../../lib/turns.ts'
import type { Batch, Lane, LaneHeld, LaneLimits, Message } from '../../model.ts'
import { Admission } from '../admission.ts'
import { batchOf, type Part } from '../batch.ts'
import type { LaneOptions } from '../index.ts'
import { BATCH, cut } from '../piece.ts'
import { unusable } from './folder.ts'
import { GroupCommit } from './group-commit.ts'
import { Flights, type InFlight } from './in-flight.ts'
import { closeAll, type OpenLane } from './opened.ts'
import type { Block } from './pack.ts'
import { DISK_OVERHEAD_BYTES, type ReadBlock, sharesOf, UnreadBlocks } from './unread-blocks.ts'

/** How often the presence of the files is checked, in milliseconds. */
const WATCH_MS = 1_000

/** Implements `Lane` on disk. */
export class DiskLane implements Lane {
  readonly id: string
  readonly durable = true
  #options: LaneOptions
  readonly #opened: OpenLane
  readonly #admission: Admission
  readonly #commits: GroupCommit
  readonly #unread: UnreadBlocks
  readonly #flights = new Flights()
  readonly #changed = new Notifier()
  /** Serialises reads by the reader and by `drop-oldest`, which may wait for the disk. */
  readonly #turns = new Turns()
  readonly #watch: NodeJS.Timeout
  #messages: number
  #kept: number
  #closed = false

  constructor(options: LaneOptions, opened: OpenLane) {
    const [{ feed, emit, correctionMs }, { store, counts, numbers, found }] = [options, opened]
    this.id = numbers.lane
    this.#options = options
    this.#opened = opened
    // Replaces counts of an earlier lane in the same folder.
    opened.bypassed.write(counts.bypassText())
    this.#admission = new Admission(options.laneMaxBytes)
    for (const [id, { messages, bytes }] of Object.entries(found.sources)) {
      this.#admission.restore(options.sourceOf(id), bytes + messages * DISK_OVERHEAD_BYTES)
    }
    this.#messages = found.messages
    this.#kept = found.messages
    this.#unread = new UnreadBlocks(store, options.sourceOf, found)
    this.#commits = new GroupCommit({
      first: found.first,
      next: found.next,
      holes: found.counts?.holes ?? [],
      store,
      counts,
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
    const mayBypass = this.#opened.numbers.give(pieces) && this.#unread.isEmpty && this.#hasTurn
    const kept = this.#commits.add(pieces, mayBypass)
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
    this.#settleArrivals(flight)
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
        this.#flights.oldestReceivedAt || this.#unread.oldestReceivedAt || this.#admission.oldestWaiting,
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
      // Messages that wait for the disk become readable after their write, even into a removed file.
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
    this.#opened.counts.receive(messages)
    this.#countDropped(messages)
    this.#commits.noteSums()
  }

  /** Drops unread blocks until `cost` bytes fit or no unread block is left. */
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
    this.#opened.counts.drop(messages, overload)
    ledger.dropped.set(overload, (ledger.dropped.get(overload) ?? 0) + messages)
    this.#changed.notify()
  }

  async #takeBlock(): Promise<ReadBlock | undefined> {
    const block = await this.#unread.peek()
    if (block) this.#unread.take()
    return block
  }

  get #isReadable(): boolean {
    return !this.#unread.isEmpty || this.#commits.isReadable
  }

  get #hasTurn(): boolean {
    return this.#flights.present < this.#options.maxInFlightBatches
  }

  /** Counts a written block and queues it for reading, unless its messages were read before. */
  #keep(block: Block): void {
    const { messages, reader } = block
    if (!reader?.settled) this.#kept += messages.length
    if (reader) {
      this.#flights.keep(reader, block)
      this.#unread.skip(block)
      this.#forget()
    } else this.#unread.push(block)
    this.#changed.notify()
  }

  /** The next batch; undefined if its last message was dropped meanwhile. */
  async #next(): Promise<Batch | undefined> {
    const blocks = await this.#unread.takeBatch()
    if (!blocks) return this.#nextArrivals()
    const { parts, messages, bytes, to } = blocks
    return this.#batch(parts, bytes, { written: messages, pending: 0, to, arrivals: [] })
  }

  #nextArrivals(): Batch | undefined {
    const arrivals = this.#unread.isEmpty ? this.#commits.read() : []
    if (arrivals.length === 0) return undefined
    const parts = arrivals.flatMap(({ pieces }) => pieces)
    const sumOf = (what: 'messages' | 'bytes'): number => arrivals.reduce((sum, arrival) => sum + arrival[what], 0)
    return this.#batch(parts, sumOf('bytes'), { written: 0, pending: sumOf('messages'), to: 0, arrivals })
  }

  #batch(parts: readonly Part[], bytes: number, where: Omit<InFlight, 'shares' | 'settled'>): Batch {
    const batch = batchOf(parts, bytes)
    this.#flights.add(batch, { ...where, shares: sharesOf(batch.messages), settled: false })
    return batch
  }

  #cannotRead(error: unknown): never {
    throw unusable(this.#options.feed, this.#opened.folder, error)
  }

  /** Cancels the write of settled messages that bypassed the disk. */
  #settleArrivals(flight: InFlight): void {
    const messages = this.#commits.settle(flight.arrivals)
    flight.arrivals = []
    if (messages === 0) return
    flight.pending -= messages
    this.#opened.counts.bypass(messages)
    this.#opened.bypassed.write(this.#opened.counts.bypassText())
    this.#commits.noteSums()
    if (flight.pending === 0 && flight.to === 0) this.#admission.leave(flight.shares)
  }

  /** Frees the contiguous settled prefix in the limit, and on disk with a later commit. */
  #forget(): void {
    for (const { written, shares, to } of this.#flights.takeSettled()) {
      this.#opened.counts.settle(written)
      this.#admission.leave(shares)
      this.#commits.forget(to)
    }
  }
}
