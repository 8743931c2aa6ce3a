/**
 * The main flow: two loops and a queue. The left loop receives from sockets, the right loop produces to Kafka, and the lane between
 * the loops is the only buffer of messages.
 */
import { Delivery } from './delivery.ts'
import { type DocumentSteps, documentOf, Ignored, type Outcome, outcomesOf, Several } from './documents.ts'
import { Rejected } from './errors.ts'
import type { Emit } from './events.ts'
import { type Clock, steadyNow } from './lib/clock.ts'
import { Slice } from './lib/slice.ts'
import type {
  DeadLetters,
  Document,
  Encoder,
  KafkaRecord,
  Lane,
  Ledger,
  Message,
  Origin,
  Outlet,
  Router,
} from './model.ts'

/** The parts that the two loops of a feed use. */
export interface Feed extends DocumentSteps {
  readonly name: string
  readonly lane: Lane
  /** Identifies the steps that number documents. Stored in dead letters, since other steps would number documents differently. */
  readonly shape: string
  /** Selects documents of a message by number; undefined selects all. `index` is undefined if the message is one document. */
  readonly picks?: ((message: Message, index: number | undefined) => boolean) | undefined
  readonly router: Router
  readonly encoder: Encoder
  readonly outlet: Outlet
  readonly deadLetters: DeadLetters
  /** Returns the time of a document in milliseconds since the epoch; undefined means the receive time. */
  readonly timeOf: ((document: Document) => number | undefined) | undefined
  /** Maximum age of a document in milliseconds; older documents expire. */
  readonly maxAgeMs: number | undefined
  /** Returns the headers of a message's records; undefined if none are configured. */
  readonly headers: ((message: Message) => KafkaRecord['headers']) | undefined
  readonly clock: Clock
  readonly ledger: Ledger
  readonly emit: Emit
}

/** The left loop, one per source: dial ► messages ► lane. Ends when `arrivals` end. Pulling again confirms that the previous messages are stored. */
export async function receive(arrivals: AsyncIterable<readonly Message[]>, feed: Feed): Promise<void> {
  for await (const messages of arrivals) await keep(messages, feed)
}

/** A function of its own: a `for await` body keeps its variables alive while waiting, which would pin the last read of every idle source. */
async function keep(messages: readonly Message[], feed: Feed): Promise<void> {
  const [first] = messages
  const last = messages.at(-1)
  if (!first || !last) return
  const { source, receivedAt: at } = last
  feed.ledger.received += messages.length
  feed.emit({ type: 'messages.received', source, messages: messages.length, firstAt: first.receivedAt, at })
  await feed.lane.append(messages)
  // In a memory lane a message is safe only when settled.
  if (feed.lane.durable && first.taken) for (const { taken } of messages) taken?.()
  feed.emit({ type: 'messages.kept', source, at })
}

/** The right loop, one per feed: batch ► documents ► produce. Ends when `signal` aborts. The lane forgets a batch once all its documents are settled. */
export async function deliver(feed: Feed, signal: AbortSignal): Promise<void> {
  const slice = new Slice()
  for await (const batch of feed.lane.read(signal)) {
    const delivery = new Delivery(feed, batch)
    for (const message of batch.messages) {
      if (slice.isOver(message.data.length)) await slice.yield()
      const several = one(message, feed, delivery)
      if (several) await many(several, message, feed, delivery, slice)
      delivery.finished()
    }
    delivery.handedOver()
  }
}

/** Handles the usual message with a single document. Returns the candidates of a message with several. */
function one(message: Message, feed: Feed, delivery: Delivery): Several | undefined {
  const origin = { message, index: undefined }
  try {
    const found = documentOf(message, feed)
    if (found instanceof Several) return found
    if (feed.picks?.(message, undefined) ?? true) settle(found, origin, feed, delivery)
  } catch (error) {
    delivery.rejected(error, origin)
  }
  return undefined
}

/** Computes all outcomes first, so that a message with too many documents produces nothing. */
async function many(several: Several, message: Message, feed: Feed, delivery: Delivery, slice: Slice): Promise<void> {
  try {
    const outcomes = await outcomesOf(several, message, feed, slice)
    for (const [index, outcome] of outcomes.entries()) {
      if (feed.picks && !feed.picks(message, index)) continue
      if (slice.isOver(message.data.length / outcomes.length)) await slice.yield()
      settle(outcome, { message, index }, feed, delivery)
    }
  } catch (error) {
    delivery.rejected(error, { message, index: undefined })
  }
}

function settle(outcome: Outcome, origin: Origin, feed: Feed, delivery: Delivery): void {
  try {
    if (outcome instanceof Ignored) delivery.ignored(outcome.reason)
    else if (outcome instanceof Rejected) delivery.rejected(outcome, origin)
    else produce(outcome, origin, feed, delivery)
  } catch (error) {
    delivery.rejected(error, origin)
  }
}

/** route ► encode ► produce: the outlet takes the record and reports its outcome to the delivery. */
function produce(document: Document, origin: Origin, feed: Feed, delivery: Delivery): void {
  const { message } = origin
  const ownTime = feed.timeOf?.(document)
  const timestamp = ownTime ?? feed.clock.receivedAt(message)
  const expiresAt = feed.maxAgeMs === undefined ? undefined : feed.clock.steady(timestamp) + feed.maxAgeMs
  if (expiresAt !== undefined && expiresAt <= steadyNow()) return delivery.outdated()
  const destination = feed.router.route(document, message)
  const value = feed.encoder.encode(destination.subject, document)
  delivery.found()
  const headers = feed.headers?.(message)
  const isReceiveTime = ownTime === undefined
  const { key } = destination
  feed.outlet.add(destination, { key, value, timestamp, isReceiveTime, headers, origin, expiresAt }, delivery)
}
