/** The way of dead letters through the present configuration: the steps of their feed, as the daemon takes them. */
import { describeSources } from '../dial/address.ts'
import type { Encoders } from '../encode/encoders.ts'
import { Unavailable } from '../errors.ts'
import type { Emit } from '../events.ts'
import { feedSteps } from '../feed-steps.ts'
import type { Config, FeedConfig } from '../kinds.ts'
import { type Load, oneBatch } from '../lane/one-batch.ts'
import { sourceFinder } from '../lane/sources.ts'
import type { Clock } from '../lib/clock.ts'
import type { Ranges } from '../lib/ranges.ts'
import type { DeadLetters, Encoder, Message, Outlet, SourceInfo } from '../model.ts'
import { deliver, type Feed } from '../pipeline.ts'
import { recordUse } from '../route/topic-use.ts'
import type { Flight } from './flight.ts'
import { documentsOf, type Letter } from './letter.ts'
import type { Row } from './tally.ts'

/** What all feeds share. */
export interface WayParts {
  readonly config: Pick<Config, 'feeds' | 'recordHeaders' | 'secrets'>
  readonly clock: Clock
  readonly encoders: Pick<Encoders, 'of'>
  /** To the sink of a feed. */
  readonly outletOf: (feed: Pick<FeedConfig, 'sink'>) => Outlet
  readonly flight: Flight
  /** Told once of each feed that cannot be sent to, and why. */
  readonly unavailable: (feed: string, why: Unavailable) => void
}

/** What fails again is in its topic already. */
const NOWHERE: DeadLetters = { prepare: async () => {}, take: () => false, topic: undefined }

interface OpenFeed {
  readonly outlet: Outlet
  readonly encoder: Encoder
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
      row.unconfigured += total(letters)
      return
    }
    if (!this.#feeds.has(feed.name)) this.#feeds.set(feed.name, this.#open(feed))
    const open = await this.#feeds.get(feed.name)
    const sendable = letters.filter((letter) => open && isNumberedBy(open.steps.shape, letter))
    row.reshaped += open ? total(letters) - total(sendable) : 0
    const picked = new Map<Message, Ranges>()
    const batch = batchOf(sendable, picked, open)
    if (!open || !(await flight.enter(batch))) {
      row.unsent += total(open ? sendable : letters)
      return
    }
    for (const numbers of picked.values()) row.absent += numbers.count
    await deliver(this.#feedOf(feed.name, open, { row, picked, batch }), flight.ended)
  }

  async #open(feed: FeedConfig): Promise<OpenFeed | undefined> {
    const { config, clock, encoders, outletOf, flight, unavailable } = this.#parts
    const outlet = outletOf(feed)
    const encoder = await encoders.of(feed)
    const steps = await feedSteps(feed, config, clock)
    try {
      await Promise.all([
        ...steps.router.subjects.map((subject) => encoder.prepare(subject, flight.ended)),
        ...steps.router.topics.map((topic) => outlet.open(topic, recordUse(feed))),
      ])
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error
      unavailable(feed.name, error)
      return undefined
    }
    const { paths } = config.secrets
    const sources = describeSources(feed.name, feed.urls ?? [], paths)
    return { outlet, encoder, steps, sourceOf: sourceFinder(feed.name, sources, paths) }
  }

  #feedOf(name: string, { outlet, encoder, steps }: OpenFeed, { row, picked, batch }: Cargo): Feed {
    const { flight } = this.#parts
    const emit: Emit = (event) => {
      if (event.type === 'document.refused' && !row.details.has(event.reason))
        row.details.set(event.reason, event.detail)
    }
    return {
      ...steps,
      name,
      picks: (message, index) => {
        const numbers = picked.get(message)
        const isPicked = numbers === undefined || (index !== undefined && numbers.has(index))
        if (numbers && isPicked) row.absent--
        return isPicked
      },
      lane: oneBatch(batch, () => flight.leave(batch)),
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
  /** Which documents of a message it is about, where it is not the whole message. */
  readonly picked: ReadonlyMap<Message, Ranges>
  readonly batch: Load
}

function batchOf(letters: readonly Letter[], picked: Map<Message, Ranges>, open: OpenFeed | undefined): Load {
  let bytes = 0
  const messages = letters.map(({ data, receivedAt, feed, sourceId, numbers }) => {
    const source = open?.sourceOf(sourceId) ?? { feed, id: sourceId, shown: sourceId, hash: 0 }
    const message: Message = { source, data, receivedAt, isCorrected: true }
    if (numbers) picked.set(message, numbers)
    bytes += data.length
    return message
  })
  return { messages, bytes }
}

function isNumberedBy(presentShape: string, { numbers, shape = presentShape }: Letter): boolean {
  return numbers === undefined || shape === presentShape
}

function total(letters: readonly Letter[]): number {
  return letters.reduce((sum, letter) => sum + documentsOf(letter), 0)
}
