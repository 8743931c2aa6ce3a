/** The lane on disk: bounded by what it holds there, in order, there again after a restart. */
import { Notifier } from '../../lib/notifier.ts'
import { Turns } from '../../lib/turns.ts'
import type { Batch, Lane, LaneHeld, LaneLimits, Message } from '../../model.ts'
import { Admission } from '../admission.ts'
import type { LaneOptions } from '../index.ts'
import { BATCH, cut } from '../piece.ts'
import { Backlog } from './backlog.ts'
import { unusable } from './folder.ts'
import type { Opened } from './opened.ts'
import { DISK_OVERHEAD_BYTES, makeSafe, type Part, partsOf } from './part.ts'
import { Writer } from './writer.ts'

/** How often is looked whether the files are still there, in milliseconds. */
const WATCH_MS = 1_000

/** Parts that were read, or given up, together. */
interface Flight {
  /** Until it is settled. */
  parts: readonly Part[]
  readonly last: number
  isSettled: boolean
  /** Of what is on the disk, or on its way there: it goes with all before it. */
  messages: number
  shares: Part['shares']
}

const NOTHING: Omit<Flight, 'last'> = { parts: [], isSettled: false, messages: 0, shares: [] }

/** Keeps, hands on and forgets; see the contract of `Lane`. */
export class DiskLane implements Lane {
  readonly durable = true
  #options: LaneOptions
  readonly #opened: Opened
  readonly #admission: Admission
  readonly #writer: Writer
  readonly #backlog: Backlog
  /** Batches that are not settled, and all that was read since the first of them, in order. */
  readonly #open = new Map<Batch, Flight>()
  readonly #flights: Flight[] = []
  /** Of the open ones, those that a reader before the present one has. */
  readonly #former = new Set<Batch>()
  readonly #changed = new Notifier()
  /** Both sides take parts, and one may have to be read from the disk. */
  readonly #turns = new Turns()
  readonly #watch: NodeJS.Timeout
  #messages: number
  #kept: number
  #isClosed = false

  constructor(options: LaneOptions, opened: Opened) {
    const { feed, emit, sourceOf } = options
    const { log, state, presence, found } = opened
    this.#options = options
    this.#opened = opened
    this.#admission = new Admission(options.laneMaxBytes)
    for (const [id, { messages, bytes }] of found.sources)
      this.#admission.restore(sourceOf(id), bytes + messages * DISK_OVERHEAD_BYTES)
    this.#messages = found.messages
    this.#kept = found.messages
    this.#backlog = new Backlog({ log, state, sourceOf, found })
    this.#writer = new Writer({
      log,
      state,
      presence,
      last: found.last,
      correctionMs: options.correctionMs ?? (() => undefined),
      written: (part) => {
        if (!part.isSettled) this.#kept += part.messages.length
        this.#backlog.written(part)
        this.#changed.notify()
      },
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
      if (this.#options.overload === 'drop-newest') return this.#countDropped(messages.length)
      if (this.#options.overload === 'drop-oldest') await this.#dropOldest(cost)
      await this.#admission.enter(first.source, cost, first.receivedAt)
    }
    await new Promise<void>((resolve) => {
      const { state } = this.#opened
      const parts = partsOf(pieces, state.next, resolve)
      state.next += messages.length
      this.#writer.add(parts, this.#backlog.isEmpty && this.#hasTurn)
      for (const part of parts) this.#backlog.push(part)
      this.#changed.notify()
    })
  }

  async *read(signal: AbortSignal): AsyncGenerator<Batch> {
    for (const batch of this.#open.keys()) this.#former.add(batch)
    while (!signal.aborted) {
      if (!this.#backlog.isReadable || !this.#hasTurn) await this.#changed.wait(signal)
      else {
        const batch = await this.#turns.run(() => this.#next()).catch((error) => this.#cannotRead(error))
        if (batch) yield batch
      }
    }
  }

  acknowledge(batch: Batch): void {
    const flight = this.#isClosed ? undefined : this.#open.get(batch)
    if (!flight) return
    this.#open.delete(batch)
    this.#former.delete(batch)
    this.#messages -= batch.messages.length
    this.#settle(flight)
    this.#forget()
    this.#changed.notify()
  }

  get held(): LaneHeld {
    const [oldest] = this.#open.keys()
    return {
      messages: this.#messages,
      kept: this.#opened.presence.problem === undefined ? this.#kept : 0,
      bytes: this.#admission.bytes,
      limitBytes: this.#options.laneMaxBytes,
      oldestReceivedAt:
        oldest?.messages[0]?.receivedAt || this.#backlog.oldestReceivedAt || this.#admission.oldestWaiting,
    }
  }

  async survives(): Promise<boolean> {
    const isThere = await this.#opened.presence.look()
    if (!isThere && !this.#isClosed) this.#writer.changed(0)
    return isThere
  }

  async drained(signal: AbortSignal): Promise<void> {
    this.#admission.admitAll()
    const survives = await this.survives()
    const isDrained = (): boolean => (survives ? this.#open.size === 0 : this.#messages === 0)
    while (!isDrained() && !signal.aborted) await this.#changed.wait(signal)
    await this.survives()
  }

  resize(limits: LaneLimits): void {
    this.#options = { ...this.#options, ...limits }
    this.#admission.resize(limits.laneMaxBytes)
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    clearInterval(this.#watch)
    await this.#writer.close()
    await this.#opened.close()
  }

  /** Makes room for `cost` bytes as long as there is something that is not on its way yet. */
  async #dropOldest(cost: number): Promise<void> {
    while (!this.#admission.hasRoom(cost)) {
      const part = await this.#turns.run(() => this.#takePart())
      if (!part) return
      // What is settled since the last open batch goes, too: so there are no more holes than open batches.
      const open = this.#flights.findLast(({ isSettled }) => !isSettled)
      this.#opened.state.giveUp({ from: open ? open.last + 1 : part.first, to: part.last + 1 })
      this.#end(part)
      this.#admission.leave(part.shares)
      this.#countDropped(part.messages.length)
      this.#flights.push({ ...NOTHING, last: part.last, isSettled: true })
      this.#forget()
    }
  }

  #countDropped(messages: number): void {
    const { ledger, overload } = this.#options
    this.#messages -= messages
    this.#opened.state.drop(messages, overload)
    ledger.dropped.set(overload, (ledger.dropped.get(overload) ?? 0) + messages)
    this.#opened.state.save()
    this.#writer.changed()
    this.#changed.notify()
  }

  async #takePart(): Promise<Part | undefined> {
    const part = await this.#backlog.peek()
    if (part) this.#backlog.take()
    return part
  }

  /** Whether a batch more may be on its way. */
  get #hasTurn(): boolean {
    return this.#open.size - this.#former.size < this.#options.maxInFlightBatches
  }

  /** What comes next, up to the limits of a batch; undefined when the last of it was given up meanwhile. */
  async #next(): Promise<Batch | undefined> {
    const parts = await this.#backlog.takeBatch()
    const last = parts.at(-1)?.last
    if (last === undefined) return undefined
    const [only] = parts
    const messages = only && parts.length === 1 ? only.messages : parts.flatMap((part) => part.messages)
    const batch = { messages, bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0) }
    const flight = { ...NOTHING, parts, last }
    this.#flights.push(flight)
    this.#open.set(batch, flight)
    return batch
  }

  #cannotRead(error: unknown): never {
    throw unusable(this.#options.feed, this.#opened.folder, error)
  }

  /** What the disk has, or may come to have, goes with all before it; the rest at once. */
  #settle(flight: Flight): void {
    const onDisk = flight.parts.filter((part) => this.#end(part))
    for (const part of flight.parts) {
      if (part.isTaken) continue
      this.#admission.leave(part.shares)
      this.#opened.state.settle(part.messages.length)
    }
    const messages = onDisk.reduce((sum, part) => sum + part.messages.length, 0)
    Object.assign(flight, { parts: [], messages, shares: onDisk.flatMap(({ shares }) => shares), isSettled: true })
  }

  /** It need not be written any more. Returns whether it is, or is being. */
  #end(part: Part): boolean {
    part.isSettled = true
    if (part.isWritten) this.#kept -= part.messages.length
    makeSafe(part)
    if (!part.isTaken) this.#writer.settled(part)
    return part.isTaken
  }

  /** The contiguous prefix that is settled makes room, and goes from the disk before long. */
  #forget(): void {
    const { state } = this.#opened
    const open = this.#flights.findIndex(({ isSettled }) => !isSettled)
    for (const { messages, shares, last } of this.#flights.splice(0, open === -1 ? this.#flights.length : open)) {
      state.settle(messages)
      this.#admission.leave(shares)
      state.settledTo = last + 1
    }
    state.save()
    this.#writer.changed()
  }
}
