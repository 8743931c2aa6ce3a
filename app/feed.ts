/** One feed's life: waits until schema and topic are there (with a durable lane only the right loop does), runs the two loops, stops taking in, drains. */

import type { Unavailable } from './errors.ts'
import { aborted, attemptAll, type Need } from './feed-needs.ts'
import { backoffDelay } from './lib/backoff.ts'
import { follow } from './lib/follow.ts'
import { sideBySide } from './lib/side-by-side.ts'
import { sleep } from './lib/sleep.ts'
import { STOPPED } from './lib/stopped.ts'
import type { Ledger, Message, Source, SourceInfo, Sources, TopicUse } from './model.ts'
import { deliver, type Feed, receive } from './pipeline.ts'

/** Waits between two tries to start a parked feed, in milliseconds. */
const PARKED = { baseMs: 500, capMs: 10_000 }
/** Between two looks whether a lane is empty, in milliseconds. */
const LOOK_MS = 100

/** A feed and the way to its sources: `dial` returns one source's arrivals until `signal`, which is of this source alone, aborts. */
export interface FeedParts extends Feed {
  /** The ledger as it was when the lane was opened: what an earlier process had counted. */
  readonly restored: Ledger
  readonly sources: Sources
  /** What its topics are for. */
  readonly use: TopicUse
  /** Writes down that a source has joined, before it is dialled; never rejects. */
  readonly note?: (source: SourceInfo) => Promise<void>
  readonly dial: (source: Source, signal: AbortSignal) => AsyncIterable<readonly Message[]>
}

/** What a feed that takes the place of another waits for; neither promise rejects. */
export interface Predecessor {
  /** Its sockets are closed, and its lane has all that came in. */
  readonly intakeEnded: Promise<unknown>
  /** Its right loop has ended: the next one may read the lane. */
  readonly outputEnded: Promise<unknown>
}

/** A feed under way. */
export interface RunningFeed extends Predecessor {
  readonly name: string
  /** Resolves when the feed can run (at once where its lane outlives the process); never rejects. */
  readonly started: Promise<void>
  /** Why it does not run yet; empty when it does. */
  readonly parkedBecause: () => string
  /** Rejects when a loop meets a bug of ours; otherwise resolves when both loops have ended. */
  readonly ended: Promise<void>
  /** Closes the sockets, then resolves when all that came in is settled or kept, or when `deadline` aborts. */
  drain(deadline: AbortSignal): Promise<void>
  /** Closes the sockets, then resolves when nothing is held any more, wherever it is kept, or when `signal` aborts. */
  leave(signal: AbortSignal): Promise<void>
  /** Ends the right loop at once; what is still held stays held. */
  halt(): void
}

/** Starts a feed, after its `predecessor`, if it has one. It needs no waiting for: a feed that cannot run yet is parked, tried again, and says why. */
export function runFeed(parts: FeedParts, predecessor?: Predecessor): RunningFeed {
  const { lane } = parts
  const intake = new AbortController()
  const readying = new AbortController()
  const output = new AbortController()
  const started = Promise.withResolvers<void>()
  let parked = ''
  let intakeEnded: Promise<unknown> = predecessor?.intakeEnded ?? Promise.resolve()
  let outputEnded: Promise<unknown> = predecessor?.outputEnded ?? Promise.resolve()

  /** One source, until it is gone or the feed takes in no more. */
  const live = async (source: Source): Promise<void> => {
    const { signal, leave } = follow(intake.signal, source.gone)
    parts.emit({ type: 'source.joined', source: source.info })
    await parts.note?.(source.info)
    await receive(parts.dial(source, signal), parts)
    // One that is refused is there until it is gone.
    await aborted(signal)
    leave()
    // What the feed closes because it stops is not gone.
    if (source.gone?.aborted) parts.emit({ type: 'source.left', source: source.info })
  }
  const takeIn = (): Promise<void> => {
    const before = intakeEnded
    const arrive = async (): Promise<void> => {
      await before
      await sideBySide(parts.sources.arrivals(intake.signal), live)
    }
    const taking = arrive()
    intakeEnded = Promise.allSettled([taking])
    return taking
  }
  const bringOut = (): Promise<void> => {
    const bringing = deliver(parts, output.signal)
    outputEnded = Promise.allSettled([bringing])
    return bringing
  }
  const isReady = async (): Promise<boolean> => {
    await prepare(parts, readying.signal, (why) => {
      parked = why
    })
    if (readying.signal.aborted) return false
    parked = ''
    const { name: feed, router, sources, emit } = parts
    emit({ type: 'feed.started', feed, topics: router.topics, sources: sources.present })
    started.resolve()
    return true
  }
  const life = async (): Promise<void> => {
    await outputEnded
    if (!lane.durable) {
      if (await isReady()) await Promise.all([takeIn(), bringOut()])
      return
    }
    // What arrives is safe: there is no need to wait for Kafka before dialling, nor to give up.
    started.resolve()
    await Promise.all([takeIn(), isReady().then((ready) => (ready ? bringOut() : undefined))])
  }

  return {
    name: parts.name,
    started: started.promise,
    parkedBecause: () => parked,
    ended: life(),
    get intakeEnded() {
      return intakeEnded
    },
    get outputEnded() {
      return outputEnded
    },
    async drain(deadline) {
      intake.abort(STOPPED)
      // What is held already, by a feed before this one, is worth a further try.
      if (lane.durable || lane.held.messages === 0) readying.abort(STOPPED)
      // What is not on its way yet stays where it survives.
      if (await lane.survives()) output.abort(STOPPED)
      // A durable lane lets in whoever waits, so that the intake can end.
      const letIn = lane.durable ? lane.drained(deadline) : undefined
      await Promise.race([intakeEnded, aborted(deadline)])
      await letIn
      await lane.drained(deadline)
    },
    async leave(signal) {
      intake.abort(STOPPED)
      await Promise.race([intakeEnded, aborted(signal)])
      while (lane.held.messages > 0 && !signal.aborted) await sleep(LOOK_MS, signal)
    },
    halt() {
      readying.abort(STOPPED)
      output.abort(STOPPED)
    },
  }
}

/** Ends when all that the feed needs is there, or when `signal` aborts. Says each new obstacle once. */
async function prepare(parts: FeedParts, signal: AbortSignal, parkedBecause: (why: string) => void): Promise<void> {
  let said: ReadonlySet<string> = new Set()
  const say = (obstacles: readonly Unavailable[]): ReadonlySet<string> => {
    const messages = new Set(obstacles.map(({ message }) => message))
    const [first] = obstacles
    if (signal.aborted || !first) return said
    const detail = [...messages].join('; and ')
    parkedBecause(detail)
    if ([...messages].some((message) => !said.has(message)))
      parts.emit({ type: 'feed.parked', feed: parts.name, reason: first.reason, detail })
    return messages
  }
  for (let attempt = 0; !signal.aborted; attempt++) {
    const early = (obstacles: readonly Unavailable[]): void => {
      said = new Set([...said, ...say(obstacles)])
    }
    const obstacles = await attemptAll(needsOf(parts, signal), signal, early)
    if (obstacles.length === 0) return
    said = say(obstacles)
    await sleep(backoffDelay(attempt, PARKED) + PARKED.baseMs, signal)
  }
}

function needsOf({ router, encoder, outlet, deadLetters, use }: FeedParts, signal: AbortSignal): Need[] {
  return [
    ...router.topics.map((topic) => () => outlet.open(topic, use)),
    ...router.subjects.map((subject) => () => encoder.prepare(subject, signal, use.setting)),
    () => deadLetters.prepare(),
  ]
}
