/** Batches that were read: where their messages are, and what may go once they are settled. */
import type { Batch, SourceInfo } from '../../model.ts'
import type { Arrival } from './fresh.ts'
import type { Block } from './pack.ts'

/** One batch, from its reading until the lane has forgotten it. */
export interface InFlight {
  /** How many of its messages are in blocks. */
  written: number
  /** How many are in no block, and may come to be in one. */
  fresh: number
  /** Key after its last block; 0 without one. */
  to: number
  settled: boolean
  /** What was read before it was written; let go once it is settled. */
  arrivals: readonly Arrival[]
  /** Per source, in bytes as the limit of the lane counts them. */
  readonly shares: ReadonlyMap<SourceInfo, number>
}

/** All of a lane's. */
export class Flights {
  readonly #open = new Map<Batch, InFlight>()
  /** Of them, those that a reader before the present one has. */
  readonly #former = new Set<Batch>()
  /** Those with blocks, by their keys. */
  readonly #inBlocks: InFlight[] = []

  /** How many are not settled. */
  get open(): number {
    return this.#open.size
  }

  /** How many of them the present reader has. */
  get present(): number {
    return this.#open.size - this.#former.size
  }

  /** Receive time of the first message that is not settled; 0 when all are. */
  get oldestReceivedAt(): number {
    const [oldest] = this.#open.keys()
    return oldest?.messages[0]?.receivedAt ?? 0
  }

  /** Another reader begins. */
  handOver(): void {
    for (const batch of this.#open.keys()) this.#former.add(batch)
  }

  add(batch: Batch, flight: InFlight): void {
    for (const arrival of flight.arrivals) arrival.reader = flight
    if (flight.to > 0) this.#inBlocks.push(flight)
    this.#open.set(batch, flight)
  }

  /** A block that goes without having been read. */
  addGivenUp(key: number): void {
    this.#inBlocks.push({ written: 0, fresh: 0, to: key + 1, settled: true, arrivals: [], shares: new Map() })
  }

  /** Answers undefined when it is settled already. */
  settle(batch: Batch): InFlight | undefined {
    const flight = this.#open.get(batch)
    this.#open.delete(batch)
    this.#former.delete(batch)
    if (flight) flight.settled = true
    return flight
  }

  /** `block` holds some of `flight` now. */
  keep(flight: InFlight, { key, messages }: Block): void {
    if (flight.to === 0) this.#inBlocks.push(flight)
    flight.fresh -= messages.length
    flight.written += messages.length
    flight.to = key + 1
  }

  /** The contiguous prefix of those in blocks that is settled: it is taken out. */
  takeSettled(): readonly InFlight[] {
    const end = this.#inBlocks.findIndex(({ settled, fresh }) => !settled || fresh > 0)
    return end === 0 ? [] : this.#inBlocks.splice(0, end === -1 ? this.#inBlocks.length : end)
  }
}
