/** The lane in memory: limited in bytes, in order, lost with the process. */
import { Notifier } from '../lib/notifier.ts'
import type { Batch, Lane, LaneHeld, LaneLimits, Message } from '../model.ts'
import { Admission } from './admission.ts'
import { batchOf } from './batch.ts'
import type { LaneGround } from './index.ts'
import { Numbers } from './numbers.ts'
import { BATCH, cut, type Piece } from './piece.ts'

/** Opens an empty lane of `laneMaxBytes`. */
export async function memoryLane(options: LaneGround): Promise<Lane> {
  return new MemoryLane(options)
}

class MemoryLane implements Lane {
  readonly #numbers = new Numbers()
  readonly id = this.#numbers.lane
  readonly durable = false
  #options: LaneGround
  readonly #admission: Admission
  readonly #queued: Piece[] = []
  readonly #inFlight = new Map<Batch, readonly Piece[]>()
  /** Batches in flight that belong to earlier readers. */
  readonly #former = new Set<Batch>()
  readonly #changed = new Notifier()
  #messages = 0

  constructor(options: LaneGround) {
    this.#options = options
    this.#admission = new Admission(options.laneMaxBytes)
  }

  async append(messages: readonly Message[]): Promise<void> {
    const [first] = messages
    if (!first) return
    this.#messages += messages.length
    const pieces = cut(messages)
    const bytes = pieces.reduce((sum, piece) => sum + piece.cost, 0)
    if (!this.#admission.tryEnter(first.source, bytes)) {
      if (this.#options.overload === 'drop-newest') return this.#drop(messages)
      if (this.#options.overload === 'drop-oldest') this.#dropOldest(bytes)
      await this.#admission.enter(first.source, bytes, first.receivedAt)
    }
    this.#numbers.give(pieces)
    this.#queued.push(...pieces)
    this.#changed.notify()
  }

  async *read(signal: AbortSignal): AsyncGenerator<Batch> {
    for (const batch of this.#inFlight.keys()) this.#former.add(batch)
    while (!signal.aborted) {
      if (this.#queued.length > 0 && this.#hasTurn) yield this.#next()
      else await this.#changed.wait(signal)
    }
  }

  acknowledge(batch: Batch): void {
    const pieces = this.#inFlight.get(batch)
    if (!pieces) return
    this.#inFlight.delete(batch)
    this.#former.delete(batch)
    this.#messages -= batch.messages.length
    this.#admission.leave(pieces.map(({ source, cost }) => [source, cost]))
    this.#changed.notify()
  }

  get held(): LaneHeld {
    const [oldestBatch] = this.#inFlight.keys()
    const oldest = oldestBatch?.messages[0] ?? this.#queued[0]?.messages[0]
    return {
      messages: this.#messages,
      kept: 0,
      bytes: this.#admission.bytes,
      limitBytes: this.#options.laneMaxBytes,
      oldestReceivedAt: oldest?.receivedAt ?? this.#admission.oldestWaiting,
    }
  }

  async survives(): Promise<boolean> {
    return false
  }

  async drained(signal: AbortSignal): Promise<void> {
    while (this.#messages > 0 && !signal.aborted) await this.#changed.wait(signal)
  }

  resize(limits: LaneLimits): void {
    this.#options = { ...this.#options, ...limits }
    this.#admission.resize(limits.laneMaxBytes)
  }

  async close(): Promise<void> {}

  /** Whether another batch may be in flight. */
  get #hasTurn(): boolean {
    return this.#inFlight.size - this.#former.size < this.#options.maxInFlightBatches
  }

  /** Drops queued pieces until `bytes` fit or the queue is empty. */
  #dropOldest(bytes: number): void {
    while (!this.#admission.hasRoom(bytes)) {
      const oldest = this.#queued.shift()
      if (!oldest) return
      this.#admission.leave([[oldest.source, oldest.cost]])
      this.#drop(oldest.messages)
    }
  }

  #drop(messages: readonly Message[]): void {
    const { ledger, overload } = this.#options
    ledger.dropped.set(overload, (ledger.dropped.get(overload) ?? 0) + messages.length)
    this.#messages -= messages.length
    for (const { taken } of messages) taken?.()
    this.#changed.notify()
  }

  /** Takes whole pieces up to the limits of a batch. A single piece keeps its array, without a copy. */
  #next(): Batch {
    const pieces: Piece[] = []
    let messages = 0
    let bytes = 0
    for (const piece of this.#queued) {
      if (pieces.length > 0 && (messages + piece.messages.length > BATCH.messages || bytes + piece.bytes > BATCH.bytes))
        break
      pieces.push(piece)
      messages += piece.messages.length
      bytes += piece.bytes
    }
    this.#queued.splice(0, pieces.length)
    const batch = batchOf(pieces, bytes)
    this.#inFlight.set(batch, pieces)
    return batch
  }
}
