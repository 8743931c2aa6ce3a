/** Settles a batch: counts its documents in the ledger and acknowledges the batch when all documents are settled. */
import { Rejected } from './errors.ts'
import type { Emit } from './events.ts'
import { type Clock, steadyNow } from './lib/clock.ts'
import type {
  Batch,
  DeadLetter,
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
import { Refused } from './refused.ts'

/** The only reason for which documents expire. */
const TOO_OLD = 'max_age'

/** The parts of a feed that a delivery uses. */
export interface DeliveryFeed {
  readonly name: string
  readonly lane: Lane
  readonly shape: string
  readonly clock: Clock
  readonly ledger: Ledger
  readonly router: Router
  readonly encoder: Encoder
  readonly deadLetters: DeadLetters
  readonly maxAgeMs: number | undefined
  readonly emit: Emit
}

/**
 * One per batch. Call `finished` after each message and `handedOver` once, after the last. Documents of a message refused before
 * producing share a dead letter. Documents refused by the broker share another, sent when the rest of the batch is settled.
 * Errors other than `Rejected` are bugs and are rethrown.
 */
export class Delivery implements Settlement {
  readonly #feed: DeliveryFeed
  readonly #batch: Batch
  readonly #release: () => void
  /** Unsettled records and refused documents, plus 1 for the batch until `handedOver`. */
  #open = 1
  /** Refused documents of the present message. */
  #refused: Refused | undefined
  readonly #byBroker = new Map<Message, Refused>()
  /** Documents in `#byBroker`. */
  #waiting = 0

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

  /** A normaliser returned nothing, or the document is ignored for `reason`. */
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

  /** A document of the present message could not become a record. */
  rejected(error: unknown, { message, index }: Origin): void {
    if (!(error instanceof Rejected)) throw error
    this.found()
    this.#refused ??= new Refused(message)
    this.#refused.add(error.reason, error.message, index)
  }

  /** All documents of the present message are records or refused. */
  finished(): void {
    const refused = this.#refused
    this.#refused = undefined
    if (refused) this.#bury(refused)
  }

  /** The outlet will never get this record acknowledged. */
  refused({ reason, detail }: Refusal, topic: string, { origin }: KafkaRecord): void {
    if (!origin) throw new Error('a record without its origin')
    const refused = this.#byBroker.get(origin.message) ?? new Refused(origin.message)
    this.#byBroker.set(origin.message, refused)
    refused.add(reason, `topic ${topic} refused the record: ${detail}`, origin.index)
    this.#waiting++
    this.#close(0)
  }

  /** The outlet settled `records` of this batch. */
  produced(records: number): void {
    this.#feed.ledger.produced += records
    this.#settle(records)
  }

  /** `records` of this batch expired in the outlet. */
  expired(records: number): void {
    count(this.#feed.ledger.expired, TOO_OLD, records)
    this.#settle(records)
  }

  /** All messages of the batch became records or were refused. */
  handedOver(): void {
    this.#close(1)
  }

  /** Ends refused documents in flight: expired, dead-lettered or, without dead letters, refused. */
  #bury(refused: Refused): void {
    const { clock, shape, maxAgeMs, encoder, router, deadLetters, ledger } = this.#feed
    const { message, documents } = refused
    const expiresAt = maxAgeMs === undefined ? undefined : clock.steady(clock.receivedAt(message)) + maxAgeMs
    if (expiresAt !== undefined && expiresAt <= steadyNow()) return this.expired(documents)
    const parts = refused.parts()
    const [subject, ...others] = router.subjects
    const schemaId = subject === undefined || others.length > 0 ? undefined : encoder.schemas.get(subject)?.id
    const letter = { message, refused: parts, numbers: refused.numbers, shape, schemaId, expiresAt }
    const { topic } = deadLetters
    const isTaken = deadLetters.take(letter, {
      produced: () => this.#end(message, parts, ledger.deadLettered, topic),
      refused: () => this.#end(message, parts, ledger.refused, undefined),
      expired: () => this.expired(documents),
    })
    if (!isTaken) this.#end(message, parts, ledger.refused, undefined)
  }

  #end(message: Message, parts: DeadLetter['refused'], counts: Map<string, number>, topic: string | undefined): void {
    const { name: feed, emit } = this.#feed
    const sourceId = message.source.shown
    for (const { reason, error: detail, documents } of parts) {
      count(counts, reason, documents)
      emit({ type: 'document.refused', feed, sourceId, reason, documents, detail, deadLetter: topic })
      this.#settle(documents)
    }
  }

  /** Documents in flight have reached their end. */
  #settle(documents: number): void {
    this.#feed.ledger.inFlight -= documents
    this.#close(documents)
  }

  #close(open: number): void {
    this.#open -= open
    if (this.#open > this.#waiting) return
    if (this.#waiting > 0) return this.#buryByBroker()
    if (this.#open > 0) return
    const { ledger, lane, name, clock, emit } = this.#feed
    const { messages } = this.#batch
    ledger.settled += messages.length
    lane.acknowledge(this.#batch)
    if (!lane.durable) for (const { taken } of messages) taken?.()
    this.#release()
    emit({ type: 'batch.settled', feed: name, messages: messages.length, receivedAt: runs(messages, clock) })
  }

  #buryByBroker(): void {
    const letters = [...this.#byBroker.values()]
    this.#byBroker.clear()
    this.#waiting = 0
    for (const refused of letters) this.#bury(refused)
  }
}

function count(counts: Map<string, number>, reason: string, by = 1): void {
  counts.set(reason, (counts.get(reason) ?? 0) + by)
}

/** Returns receive times on the steady clock as flat (milliseconds since the epoch, number of messages) pairs; many messages share a millisecond. */
function runs(messages: readonly Message[], clock: Clock): number[] {
  const pairs: number[] = []
  let at = -1
  let count = 0
  for (const message of messages) {
    const receivedAt = clock.steadyReceivedAt(message)
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
