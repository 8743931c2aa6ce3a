/** The way of dead letters through the present configuration: the steps of their feed, as the daemon takes them. */
import type { Config, FeedConfig } from '../config/types.ts'
import { describeSources } from '../dial/address.ts'
import { Unavailable } from '../errors.ts'
import type { Emit } from '../events.ts'
import { feedSteps } from '../feed-steps.ts'
import { sourceFinder } from '../lane/sources.ts'
import type { Batch, DeadLetters, Encoder, Lane, Message, Outlet, SourceInfo } from '../model.ts'
import { deliver, type Feed } from '../pipeline.ts'
import type { Flight } from './flight.ts'
import type { Letter } from './letter.ts'
import type { Row } from './tally.ts'

/** What all feeds share. */
export interface WayParts {
  readonly config: Pick<Config, 'feeds' | 'recordHeaders'>
  readonly encoder: Encoder
  readonly outlet: Outlet
  readonly flight: Flight
  /** Told once of each feed that cannot be sent to, and why. */
  readonly unavailable: (feed: string, why: Unavailable) => void
}

/** What fails again is in its topic already. */
const NOWHERE: DeadLetters = { prepare: async () => {}, take: () => false, topic: undefined }

interface OpenFeed {
  readonly steps: Awaited<ReturnType<typeof feedSteps>>
  readonly sourceOf: (id: string) => SourceInfo
}

/** Opens each feed when its first letter comes. */
export class Way {
  readonly #parts: WayParts
  readonly #feeds = new Map<string, Promise<OpenFeed | undefined>>()

  constructor(parts: WayParts) {
    this.#parts = parts
  }

  /**
   * Sends letters of one row, in order, and counts into the row what becomes of them. Resolves once they are handed over,
   * so that the next are behind them; waits while too much is under way.
   */
  async send(letters: readonly Letter[], row: Row): Promise<void> {
    const { config, flight } = this.#parts
    const feed = config.feeds.find(({ name }) => name === row.feed)
    if (!feed) {
      row.unconfigured += letters.length
      return
    }
    if (!this.#feeds.has(feed.name)) this.#feeds.set(feed.name, this.#open(feed))
    const open = await this.#feeds.get(feed.name)
    const elements = new Map<Message, number>()
    const batch = batchOf(letters, elements, open)
    if (!open || !(await flight.enter(batch))) {
      row.unsent += letters.length
      return
    }
    await deliver(this.#feedOf(feed.name, open, { row, elements, batch }), flight.ended)
  }

  async #open(feed: FeedConfig): Promise<OpenFeed | undefined> {
    const { config, encoder, outlet, flight, unavailable } = this.#parts
    const steps = await feedSteps(feed, config)
    try {
      await Promise.all([
        ...steps.router.subjects.map((subject) => encoder.prepare(subject, flight.ended)),
        ...steps.router.topics.map((topic) => outlet.open(topic)),
      ])
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error
      unavailable(feed.name, error)
      return undefined
    }
    return { steps, sourceOf: sourceFinder(feed.name, describeSources(feed.name, feed.urls)) }
  }

  #feedOf(name: string, { steps }: OpenFeed, { row, elements, batch }: Cargo): Feed {
    const { encoder, outlet, flight } = this.#parts
    const emit: Emit = (event) => {
      if (event.type === 'document.refused' && !row.details.has(event.reason))
        row.details.set(event.reason, event.detail)
    }
    return {
      ...steps,
      name,
      parse: (message) => {
        const found = steps.parse(message)
        const element = elements.get(message)
        return element === undefined ? found : [Array.isArray(found) ? found[element] : undefined]
      },
      lane: laneOf(batch, () => flight.leave(batch)),
      encoder,
      outlet,
      deadLetters: NOWHERE,
      // Whoever redrives wants them, however old they are.
      maxAgeMs: undefined,
      ledger: row.ledger,
      emit,
    }
  }
}

interface Cargo {
  readonly row: Row
  /** Which element of the message's array it is about, where it is not the whole message. */
  readonly elements: ReadonlyMap<Message, number>
  readonly batch: Batch
}

function batchOf(letters: readonly Letter[], elements: Map<Message, number>, open: OpenFeed | undefined): Batch {
  let bytes = 0
  const messages = letters.map(({ data, receivedAt, feed, sourceId, document }) => {
    const source = open?.sourceOf(sourceId) ?? { feed, id: sourceId, hash: 0 }
    const message: Message = { source, data, receivedAt }
    if (document !== undefined) elements.set(message, document)
    bytes += data.length
    return message
  })
  return { messages, bytes }
}

/** A lane that holds one batch and then ends, so that `deliver` returns when all of it is handed over. */
function laneOf(batch: Batch, acknowledged: () => void): Lane {
  return {
    append: async () => {},
    async *read() {
      yield batch
    },
    acknowledge: acknowledged,
    held: { messages: 0, kept: 0, bytes: 0, limitBytes: 0, oldestReceivedAt: 0 },
    durable: false,
    survives: async () => false,
    drained: async () => {},
    close: async () => {},
  }
}
