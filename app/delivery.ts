/** One batch on its way: counts its documents into the ledger and acknowledges the batch when the last one is settled. */
import { Rejected, type RejectReason } from './errors.ts'
import type { Emit } from './events.ts'
import type { Batch, Lane, Ledger, Message, Refusal, Settlement } from './model.ts'

/** The part of a feed that a delivery touches. */
export interface DeliveryFeed {
  readonly name: string
  readonly lane: Lane
  readonly ledger: Ledger
  readonly emit: Emit
}

/** Made per batch; `handedOver` is called once, after the last message. Errors other than `Rejected` are our bugs and are thrown on. */
export class Delivery implements Settlement {
  readonly #feed: DeliveryFeed
  readonly #batch: Batch
  /** Records handed over and not settled, and one for the batch itself until `handedOver`. */
  #open = 1

  constructor(feed: DeliveryFeed, batch: Batch) {
    this.#feed = feed
    this.#batch = batch
  }

  /** A document became a record. */
  found(): void {
    this.#open++
    this.#feed.ledger.found++
    this.#feed.ledger.inFlight++
  }

  /** A document was mapped to nothing. */
  ignored(): void {
    this.#feed.ledger.found++
    this.#feed.ledger.ignored++
  }

  /** A document of `message` could not become a record. */
  rejected(error: unknown, message: Message): void {
    if (!(error instanceof Rejected)) throw error
    this.#feed.ledger.found++
    this.#count(error.reason, message.source.id, error.message)
  }

  /** The outlet will never get this record acknowledged. */
  refused(reason: Refusal[1], topic: string): void {
    this.#feed.ledger.inFlight--
    this.#count(reason, '', `topic ${topic} refused the record`)
    this.#settle(1)
  }

  /** The outlet settled `records` of this batch. */
  produced(records: number): void {
    this.#feed.ledger.produced += records
    this.#feed.ledger.inFlight -= records
    this.#settle(records)
  }

  /** Every message of the batch has been turned into records or refused. */
  handedOver(): void {
    this.#settle(1)
  }

  #count(reason: RejectReason, sourceId: string, detail: string): void {
    const { ledger, name, emit } = this.#feed
    ledger.refused.set(reason, (ledger.refused.get(reason) ?? 0) + 1)
    emit({ type: 'document.refused', feed: name, sourceId, reason, detail })
  }

  #settle(records: number): void {
    this.#open -= records
    if (this.#open > 0) return
    const { ledger, lane, name, emit } = this.#feed
    const { messages } = this.#batch
    ledger.settled += messages.length
    lane.acknowledge(this.#batch)
    emit({ type: 'batch.settled', feed: name, messages: messages.length, receivedAt: runs(messages) })
  }
}

/** Receive times as flat (milliseconds since the epoch, number of messages) pairs: many messages share a millisecond. */
function runs(messages: readonly Message[]): number[] {
  const pairs: number[] = []
  let at = -1
  let count = 0
  for (const { receivedAt } of messages) {
    if (receivedAt !== at) {
      if (count > 0) pairs.push(at, count)
      at = receivedAt
      count = 0
    }
    count++
  }
  if (count > 0) pairs.push(at, count)
  return pairs
}
