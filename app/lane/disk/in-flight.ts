/** Batches in flight: where their messages are stored, and when their blocks can be deleted. */
import type { Batch, SourceInfo } from '../../model.ts'
import type { Block } from './pack.ts'
import type { Arrival } from './pending-writes.ts'

/** A batch from its read until the lane has forgotten its messages. */
export interface InFlight {
  /** Number of messages in blocks. */
  written: number
  /** Number of messages not in a block yet, which may still be written. */
  pending: number
  /** Key after the last block; 0 without blocks. */
  to: number
  settled: boolean
  /** Arrivals read before their write; cleared after settlement. */
  arrivals: readonly Arrival[]
  /** Bytes per source, counted as the limit of the lane counts them. */
  readonly shares: ReadonlyMap<SourceInfo, number>
}

/** All batches in flight of a lane. */
export class Flights {
  readonly #open = new Map<Batch, InFlight>()
  /** Open batches that belong to earlier readers. */
  readonly #former = new Set<Batch>()
  /** Batches with blocks, in order of their keys. */
  readonly #inBlocks: InFlight[] = []

  /** Number of unsettled batches. */
  get open(): number {
    return this.#open.size
  }

  /** Number of unsettled batches of the current reader. */
  get present(): number {
    return this.#open.size - this.#former.size
  }

  /** Receive time of the oldest unsettled message; 0 if all are settled. */
  get oldestReceivedAt(): number {
    const [oldest] = this.#open.keys()
    return oldest?.messages[0]?.receivedAt ?? 0
  }

  /** Marks all open batches as an earlier reader's. */
  handOver(): void {
    for (const batch of this.#open.keys()) this.#former.add(batch)
  }

  add(batch: Batch, flight: InFlight): void {
    for (const arrival of flight.arrivals) arrival.reader = flight
    if (flight.to > 0) this.#inBlocks.push(flight)
    this.#open.set(batch, flight)
  }

  /** Adds a block that was dropped unread. */
  addGivenUp(key: number): void {
    this.#inBlocks.push({ written: 0, pending: 0, to: key + 1, settled: true, arrivals: [], shares: new Map() })
  }

  /** Marks a batch as settled. Returns undefined if the batch was settled before. */
  settle(batch: Batch): InFlight | undefined {
    const flight = this.#open.get(batch)
    this.#open.delete(batch)
    this.#former.delete(batch)
    if (flight) flight.settled = true
    return flight
  }

  /** Records that `block` holds messages of `flight`. */
  keep(flight: InFlight, { key, messages }: Block): void {
    if (flight.to === 0) this.#inBlocks.push(flight)
    flight.pending -= messages.length
    flight.written += messages.length
    flight.to = key + 1
  }

  /** Removes and returns the contiguous prefix of settled batches with blocks. */
  takeSettled(): readonly InFlight[] {
    const end = this.#inBlocks.findIndex(({ settled, pending }) => !settled || pending > 0)
    return end === 0 ? [] : this.#inBlocks.splice(0, end === -1 ? this.#inBlocks.length : end)
  }
}
