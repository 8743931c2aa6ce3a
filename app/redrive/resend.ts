/** Sends dead letters through the steps of their feeds, as the daemon does. */
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
import type { InFlightWindow } from './in-flight-window.ts'
import { documentsOf, type Letter } from './letter.ts'
import type { Row } from './summary.ts'

/** Parts that all feeds share. */
export interface ResenderParts {
  readonly config: Pick<Config, 'feeds' | 'recordHeaders' | 'secrets'>
  readonly clock: Clock
  readonly encoders: Pick<Encoders, 'of'>
  readonly outlet: Outlet
  readonly inFlight: InFlightWindow
  /** Called once for each feed whose topic or schema is unavailable. */
  readonly unavailable: (feed: string, why: Unavailable) => void
}

/** Discards letters: a document that fails again is already in a dead-letter topic. */
const NOWHERE: DeadLetters = { prepare: async () => {}, take: () => false, topic: undefined }

interface OpenFeed {
  readonly encoder: Encoder
  readonly steps: Awaited<ReturnType<typeof feedSteps>>
  readonly sourceOf: (id: string) => SourceInfo
}

/** Opens each feed at its first letter. */
export class Resender {
  readonly #parts: ResenderParts
  readonly #feeds = new Map<string, Promise<OpenFeed | undefined>>()

  constructor(parts: ResenderParts) {
    this.#parts = parts
  }

  /**
   * Sends letters of one row in order, and counts their outcomes in the row. Resolves when the outlet has the records, so that
   * later letters follow them. Waits while too much is in flight.
   */
  async send(letters: readonly Letter[], row: Row): Promise<void> {
    const { config, inFlight } = this.#parts
    const feed = config.feeds.find(({ name }) => name === row.feed)
    if (!feed) {
      row.unconfigured += documentCount(letters)
      return
    }
    if (!this.#feeds.has(feed.name)) this.#feeds.set(feed.name, this.#open(feed))
    const open = await this.#feeds.get(feed.name)
    const sendable = letters.filter((letter) => open && isNumberedBy(open.steps.shape, letter))
    row.reshaped += open ? documentCount(letters) - documentCount(sendable) : 0
    const picked = new Map<Message, Ranges>()
    const batch = loadOf(sendable, picked, open)
    if (!open || !(await inFlight.enter(batch))) {
      row.unsent += documentCount(open ? sendable : letters)
      return
    }
    for (const numbers of picked.values()) row.absent += numbers.count
    await deliver(this.#feedOf(feed.name, open, { row, picked, batch }), inFlight.ended)
  }

  async #open(feed: FeedConfig): Promise<OpenFeed | undefined> {
    const { config, clock, encoders, outlet, inFlight, unavailable } = this.#parts
    const encoder = await encoders.of(feed)
    const steps = await feedSteps(feed, config, clock)
    try {
      await Promise.all([
        ...steps.router.subjects.map((subject) => encoder.prepare(subject, inFlight.ended)),
        ...steps.router.topics.map((topic) => outlet.open(topic, recordUse(feed))),
      ])
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error
      unavailable(feed.name, error)
      return undefined
    }
    const { paths } = config.secrets
    const sources = describeSources(feed.name, feed.urls ?? [], paths)
    return { encoder, steps, sourceOf: sourceFinder(feed.name, sources, paths) }
  }

  #feedOf(name: string, { encoder, steps }: OpenFeed, { row, picked, batch }: Cargo): Feed {
    const { outlet, inFlight } = this.#parts
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
      lane: oneBatch(batch, () => inFlight.leave(batch)),
      encoder,
      outlet,
      deadLetters: NOWHERE,
      // A redrive sends old letters on purpose.
      maxAgeMs: undefined,
      ledger: row.ledger,
      emit,
    }
  }
}

interface Cargo {
  readonly row: Row
  /** Document numbers to send, by message; absent for whole messages. */
  readonly picked: ReadonlyMap<Message, Ranges>
  readonly batch: Load
}

function loadOf(letters: readonly Letter[], picked: Map<Message, Ranges>, open: OpenFeed | undefined): Load {
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

function documentCount(letters: readonly Letter[]): number {
  return letters.reduce((sum, letter) => sum + documentsOf(letter), 0)
}
