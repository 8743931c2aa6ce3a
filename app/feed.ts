/** One feed's life: waits until schema and topic are there (with a durable lane only the right loop does), runs the two loops, stops taking in, drains. */
import type { Unavailable } from './errors.ts'
import { aborted, attemptAll, type Need } from './feed-needs.ts'
import { backoffDelay } from './lib/backoff.ts'
import { sleep } from './lib/sleep.ts'
import type { Ledger, Message, SourceInfo, TopicUse } from './model.ts'
import { deliver, type Feed, receive } from './pipeline.ts'

/** Waits between two tries to start a parked feed, in milliseconds. */
const PARKED = { baseMs: 500, capMs: 10_000 }

/** A feed and the way to its sources: `dial` answers one source's arrivals until `signal` aborts. */
export interface FeedParts extends Feed {
  /** The ledger as it was when the lane was opened: what an earlier process had counted. */
  readonly restored: Ledger
  readonly sources: readonly SourceInfo[]
  /** What its topics are for. */
  readonly use: TopicUse
  readonly dial: (source: SourceInfo, signal: AbortSignal) => AsyncIterable<readonly Message[]>
}

/** A feed under way. */
export interface RunningFeed {
  readonly name: string
  /** Resolves when the feed can run (at once where its lane outlives the process); never rejects. */
  readonly started: Promise<void>
  /** Why it does not run yet; empty when it does. */
  readonly parkedBecause: () => string
  /** Rejects when a loop meets a bug of ours; otherwise resolves when both loops have ended. */
  readonly ended: Promise<void>
  /** Closes the sockets, then resolves when all that came in is settled or kept, or when `deadline` aborts. */
  drain(deadline: AbortSignal): Promise<void>
  /** Ends the right loop at once; what is still held stays held. */
  halt(): void
}

/** Starts a feed. It needs no waiting for: a feed that cannot run yet is parked, tried again, and says why. */
export function runFeed(parts: FeedParts): RunningFeed {
  const intake = new AbortController()
  const output = new AbortController()
  let parked = ''
  let intakeEnded: Promise<unknown> = Promise.resolve()
  const started = Promise.withResolvers<void>()

  const takeIn = async (): Promise<void> => {
    const arrivals = parts.sources.map((source) => receive(parts.dial(source, intake.signal), parts))
    intakeEnded = Promise.allSettled(arrivals)
    await Promise.all(arrivals)
  }
  const isReady = async (): Promise<boolean> => {
    await prepare(parts, intake.signal, (why) => {
      parked = why
    })
    if (intake.signal.aborted) return false
    parked = ''
    parts.emit({
      type: 'feed.started',
      feed: parts.name,
      topics: parts.router.topics,
      sources: parts.sources,
    })
    started.resolve()
    return true
  }
  const bringOut = (): Promise<void> => deliver(parts, output.signal)
  const life = async (): Promise<void> => {
    if (!parts.lane.durable) {
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
    async drain(deadline) {
      intake.abort()
      // What is not on its way yet stays where it survives.
      if (await parts.lane.survives()) output.abort()
      // A durable lane lets in whoever waits, so that the intake can end.
      const letIn = parts.lane.durable ? parts.lane.drained(deadline) : undefined
      await Promise.race([intakeEnded, aborted(deadline)])
      await letIn
      await parts.lane.drained(deadline)
    },
    halt: () => output.abort(),
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
