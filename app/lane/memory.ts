/** The lane in memory: bounded, in order, gone with the process. */
import { Notifier } from '../lib/notifier.ts'
import type { Batch, Lane, LaneHeld, Message } from '../model.ts'
import { Admission } from './admission.ts'
import type { LaneLimits } from './index.ts'
import { cut, type Piece } from './piece.ts'

/** Most messages and bytes of one batch: enough to fill a request, little enough to settle soon. */
const BATCH = { messages: 2_000, bytes: 1024 * 1024 }

/** Opens a lane of `limits.laneMaxBytes` for one feed. */
export function memoryLane(_feed: string, limits: LaneLimits): Lane {
  return new MemoryLane(limits)
}

class MemoryLane implements Lane {
  readonly durable = false
  readonly #limits: LaneLimits
  readonly #admission: Admission
  readonly #queued: Piece[] = []
  readonly #inFlight = new Map<Batch, readonly Piece[]>()
  readonly #changed = new Notifier()
  #messages = 0

  constructor(limits: LaneLimits) {
    this.#limits = limits
    this.#admission = new Admission(limits.laneMaxBytes)
  }

  async append(messages: readonly Message[]): Promise<void> {
    const [first] = messages
    if (!first) return
    this.#messages += messages.length
    const pieces = cut(messages, BATCH)
    const bytes = pieces.reduce((sum, piece) => sum + piece.cost, 0)
    if (!this.#admission.tryEnter(first.source, bytes)) {
      await this.#admission.enter(first.source, bytes, first.receivedAt)
    }
    this.#queued.push(...pieces)
    this.#changed.notify()
  }

  async *read(signal: AbortSignal): AsyncGenerator<Batch> {
    while (!signal.aborted) {
      if (this.#queued.length > 0 && this.#inFlight.size < this.#limits.maxInFlightBatches) yield this.#next()
      else await this.#changed.wait(signal)
    }
  }

  acknowledge(batch: Batch): void {
    const pieces = this.#inFlight.get(batch)
    if (!pieces) return
    this.#inFlight.delete(batch)
    this.#messages -= batch.messages.length
    for (const piece of pieces) this.#admission.leave(piece.source, piece.cost)
    this.#changed.notify()
  }

  get held(): LaneHeld {
    const [oldestBatch] = this.#inFlight.keys()
    const oldest = oldestBatch?.messages[0] ?? this.#queued[0]?.messages[0]
    return {
      messages: this.#messages,
      bytes: this.#admission.bytes,
      limitBytes: this.#limits.laneMaxBytes,
      oldestReceivedAt: oldest?.receivedAt ?? this.#admission.oldestWaiting,
    }
  }

  async drained(signal: AbortSignal): Promise<void> {
    while (this.#messages > 0 && !signal.aborted) await this.#changed.wait(signal)
  }

  async close(): Promise<void> {}

  /** Whole pieces up to the limits of a batch; a lone piece is handed on without copying its array. */
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
    const [only] = pieces
    const batch: Batch = {
      messages: only && pieces.length === 1 ? only.messages : pieces.flatMap((piece) => piece.messages),
      bytes,
    }
    this.#inFlight.set(batch, pieces)
    return batch
  }
}
