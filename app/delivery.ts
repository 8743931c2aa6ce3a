/** One batch on its way: counts its documents into the ledger and acknowledges the batch when the last one is settled. */
import { Rejected, type RejectReason } from './errors.ts'
import type { Emit } from './events.ts'
import type {
  Batch,
  DeadLetters,
  Encoder,
  KafkaRecord,
  Lane,
  Ledger,
  Message,
  Origin,
  Refusal,
  Router,
  Settlement,
} from './model.ts'

/** Why a document expired: the only reason there is. */
const TOO_OLD = 'max_age'

/** The part of a feed that a delivery touches. */
export interface DeliveryFeed {
  readonly name: string
  readonly lane: Lane
  readonly ledger: Ledger
  readonly router: Router
  readonly encoder: Encoder
  readonly deadLetters: DeadLetters
  readonly maxAgeMs: number | undefined
  readonly emit: Emit
}

/** Made per batch; `handedOver` is called once, after the last message. Errors other than `Rejected` are our bugs and are thrown on. */
export class Delivery implements Settlement {
  readonly #feed: DeliveryFeed
  readonly #batch: Batch
  readonly #release: () => void
  /** Records and dead letters handed over and not settled, and one for the batch itself until `handedOver`. */
  #open = 1

  constructor(feed: DeliveryFeed, batch: Batch) {
    this.#feed = feed
    this.#batch = batch
    this.#release = feed.encoder.hold()
  }

  /** A document became a record. */
  found(): void {
    this.#open++
    this.#feed.ledger.found++
    this.#feed.ledger.inFlight++
  }

  /** A document was mapped to nothing, or is nothing that should be produced for `reason`. */
  ignored(reason?: string): void {
    this.#feed.ledger.found++
    this.#feed.ledger.ignored++
    if (reason !== undefined) count(this.#feed.ledger.ignoredFor, reason)
  }

  /** A document is too old to be produced. */
  outdated(): void {
    this.#feed.ledger.found++
    count(this.#feed.ledger.expired, TOO_OLD)
  }

  /** A document could not become a record. */
  rejected(error: unknown, origin: Origin): void {
    if (!(error instanceof Rejected)) throw error
    this.found()
    this.#bury(error.reason, error.message, origin)
  }

  /** The outlet will never get this record acknowledged. */
  refused(reason: Refusal[1], topic: string, { origin }: KafkaRecord): void {
    if (!origin) throw new Error('a record without its origin')
    this.#bury(reason, `topic ${topic} refused the record`, origin)
  }

  /** The outlet settled `records` of this batch. */
  produced(records: number): void {
    this.#feed.ledger.produced += records
    this.#settle(records)
  }

  /** `records` of this batch became too old on their way. */
  expired(records: number): void {
    count(this.#feed.ledger.expired, TOO_OLD, records)
    this.#settle(records)
  }

  /** Every message of the batch has been turned into records or refused. */
  handedOver(): void {
    this.#close(1)
  }

  /** The end of a document in flight that is no record: expired, dead-lettered or, without dead letters, refused. */
  #bury(reason: RejectReason, error: string, origin: Origin): void {
    const { ledger, maxAgeMs, encoder, router, deadLetters } = this.#feed
    const expiresAt = maxAgeMs === undefined ? undefined : origin.message.receivedAt + maxAgeMs
    if (expiresAt !== undefined && expiresAt <= Date.now()) return this.expired(1)
    const end = (counts: Map<string, number>): void => {
      count(counts, reason)
      this.#settle(1)
    }
    const schemaId = encoder.schemas.get(router.subjects[0] ?? '')?.id
    const taken = deadLetters.take(
      { ...origin, reason, error, schemaId, expiresAt },
      {
        produced: () => end(ledger.deadLettered),
        refused: () => end(ledger.refused),
        expired: () => this.expired(1),
      },
    )
    const { name: feed, emit } = this.#feed
    const kept = taken ? deadLetters.topic : undefined
    emit({
      type: 'document.refused',
      feed,
      sourceId: origin.message.source.shown,
      reason,
      detail: error,
      deadLetter: kept,
    })
    if (!taken) end(ledger.refused)
  }

  /** Documents in flight have reached their end. */
  #settle(documents: number): void {
    this.#feed.ledger.inFlight -= documents
    this.#close(documents)
  }

  #close(open: number): void {
    this.#open -= open
    if (this.#open > 0) return
    const { ledger, lane, name, emit } = this.#feed
    const { messages } = this.#batch
    ledger.settled += messages.length
    lane.acknowledge(this.#batch)
    this.#release()
    emit({ type: 'batch.settled', feed: name, messages: messages.length, receivedAt: runs(messages) })
  }
}

function count(counts: Map<string, number>, reason: string, by = 1): void {
  counts.set(reason, (counts.get(reason) ?? 0) + by)
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
