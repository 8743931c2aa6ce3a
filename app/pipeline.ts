/**
 * The story: two loops and one queue. The left loop knows sockets and nothing of Kafka, the right loop knows Kafka and
 * nothing of sockets, the lane between them is the only buffer of messages.
 */
import { Delivery } from './delivery.ts'
import { Rejected } from './errors.ts'
import type { Emit } from './events.ts'
import { Slice } from './lib/slice.ts'
import type { Matcher } from './lib/subset.ts'
import type {
  DeadLetters,
  Document,
  Encoder,
  KafkaRecord,
  Lane,
  Ledger,
  Message,
  Normaliser,
  Origin,
  Outlet,
  Parser,
  Router,
} from './model.ts'

/** Why what `Feed.ignore` matches is ignored. */
const CONTROL = 'control'

/** What the two loops of one feed work with. */
export interface Feed {
  readonly name: string
  readonly lane: Lane
  /** What is control: counted as ignored before anything else looks at it. */
  readonly ignore?: Matcher | undefined
  readonly parse: Parser
  readonly normalise: readonly Normaliser[]
  readonly router: Router
  readonly encoder: Encoder
  readonly outlet: Outlet
  readonly deadLetters: DeadLetters
  /** The time of a document, in milliseconds since the epoch; undefined for the time it was received. */
  readonly timeOf: ((document: Document) => number | undefined) | undefined
  /** Milliseconds after which a document is no longer produced. */
  readonly maxAgeMs: number | undefined
  /** The record headers of a message's records; undefined when none are asked for. */
  readonly headers: ((message: Message) => KafkaRecord['headers']) | undefined
  /** Told of every document as it was found, in order; never throws. */
  readonly watch?: ((document: Document, message: Message) => void) | undefined
  readonly ledger: Ledger
  readonly emit: Emit
}

/** The left loop, one per source: dial ► messages ► lane. Ends when `arrivals` end. Asking for the next means that the last are kept. */
export async function receive(arrivals: AsyncIterable<readonly Message[]>, feed: Feed): Promise<void> {
  for await (const messages of arrivals) await keep(messages, feed)
}

/** Apart from the loop, which would hold its last message, and all that was read with it, while it waits for the next. */
async function keep(messages: readonly Message[], feed: Feed): Promise<void> {
  const [first] = messages
  const last = messages.at(-1)
  if (!first || !last) return
  const { source, receivedAt: at } = last
  feed.ledger.received += messages.length
  feed.emit({ type: 'messages.received', source, messages: messages.length, firstAt: first.receivedAt, at })
  await feed.lane.append(messages)
  feed.emit({ type: 'messages.kept', source, at })
}

/** The right loop, one per feed: batch ► documents ► produce. Ends when `signal` aborts. The lane forgets a batch once all of it is settled. */
export async function deliver(feed: Feed, signal: AbortSignal): Promise<void> {
  const slice = new Slice()
  for await (const batch of feed.lane.read(signal)) {
    const delivery = new Delivery(feed, batch)
    for (const message of batch.messages) {
      if (slice.isOver(message.data.length)) await slice.yield()
      parse(message, feed, delivery)
    }
    delivery.handedOver()
  }
}

function parse(message: Message, feed: Feed, delivery: Delivery): void {
  try {
    if (feed.ignore?.text(message.data)) return delivery.ignored(CONTROL)
    const found = feed.parse(message)
    if (!Array.isArray(found)) return take(found as Document, { message, element: undefined }, feed, delivery)
    for (const [element, candidate] of found.entries()) {
      const origin = { message, element }
      if (isObject(candidate)) take(candidate, origin, feed, delivery)
      else if (feed.ignore?.value(candidate)) delivery.ignored(CONTROL)
      else delivery.rejected(new Rejected('not_an_object', 'an element of the array is not an object'), origin)
    }
  } catch (error) {
    delivery.rejected(error, { message, element: undefined })
  }
}

function take(document: Document, origin: Origin, feed: Feed, delivery: Delivery): void {
  feed.watch?.(document, origin.message)
  if (feed.ignore?.value(document)) return delivery.ignored(CONTROL)
  normalise(document, 0, origin, feed, delivery)
}

function normalise(document: Document, step: number, origin: Origin, feed: Feed, delivery: Delivery): void {
  try {
    const normaliser = feed.normalise[step]
    if (!normaliser) return produce(document, origin, feed, delivery)
    const result = normaliser(document, origin.message)
    if (result === undefined) delivery.ignored()
    else if (!Array.isArray(result)) normalise(result as Document, step + 1, origin, feed, delivery)
    else if (result.length === 0) delivery.ignored()
    else for (const one of result) normalise(one, step + 1, origin, feed, delivery)
  } catch (error) {
    delivery.rejected(error, origin)
  }
}

/** route ► encode ► produce: the outlet takes it from here and tells the delivery how it ended. */
function produce(document: Document, origin: Origin, feed: Feed, delivery: Delivery): void {
  const { message } = origin
  const timestamp = feed.timeOf?.(document) ?? message.receivedAt
  const expiresAt = feed.maxAgeMs === undefined ? undefined : timestamp + feed.maxAgeMs
  if (expiresAt !== undefined && expiresAt <= Date.now()) return delivery.outdated()
  const destination = feed.router.route(document, message)
  const value = feed.encoder.encode(destination.subject, document)
  delivery.found()
  const headers = feed.headers?.(message)
  feed.outlet.add(destination, { key: destination.key, value, timestamp, headers, origin, expiresAt }, delivery)
}

function isObject(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
