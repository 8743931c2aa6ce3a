/** The internal feed of gap records: its lane and its topic. */
import { Unusable } from './errors.ts'
import type { Emit } from './events.ts'
import { type FeedParts, type RunningFeed, runFeed } from './feed.ts'
import { openLane } from './feed-parts.ts'
import type { Gaps } from './gaps/index.ts'
import { found } from './gaps/lookup.ts'
import type { Outbox } from './gaps/outbox.ts'
import { GAP_FEED } from './gaps/record.ts'
import type { Config } from './kinds.ts'
import { SourceFinder } from './lane/sources.ts'
import type { Clock } from './lib/clock.ts'
import type { Scope } from './lib/scope.ts'
import type { Encoder, Ended, Message, Outlet, Source } from './model.ts'
import { parsers } from './parse/index.ts'
import { systemOf } from './produce/systems.ts'
import { bySchema } from './route/by-schema.ts'
import { gapUse } from './route/topic-use.ts'
import { loadKind } from './settings/kind.ts'
import type { Targets } from './targets.ts'

const LANE_MAX_BYTES = 16 * 1024 * 1024
/** What gap records share with the feeds. */
export interface GapParts {
  readonly gaps: Gaps
  readonly feeds: Map<string, FeedParts>
  readonly encoder: Encoder
  readonly targets: Targets
  readonly clock: Clock
  readonly emit: Emit
}

interface WithOutlet {
  readonly outlet: Outlet
}

/** Gap records under way. */
export interface GapFeed {
  /** Rejects for a bug of ours; never resolves. */
  readonly failed: Promise<never>
  /** The sources will be closed now. */
  stopping(): void
  /** Call it when nothing comes any more: resolves when all records are settled or kept, or when `deadline` aborts. */
  drain(deadline: AbortSignal): Promise<void>
}

/**
 * Begins to tell gaps, those that earlier processes left, too. Records go to `GAPS_TOPIC` as those of any feed do, or to the usual topic from the moment it is found. Throws `Unusable`.
 */
export async function openGapFeed(config: Config, parts: GapParts, scope: Scope): Promise<GapFeed> {
  const { gaps, feeds, targets, emit } = parts
  const isDurable = config.lane.directory !== undefined
  const stop = scope.use(new AbortController(), (it) => it.abort())
  const failed = Promise.withResolvers<never>()
  let running: RunningFeed | undefined
  const run = async (topic: string, outlet: Outlet): Promise<void> => {
    const own = await makeParts(topic, config, { ...parts, outlet })
    scope.use(own.lane, (it) => it.close())
    if (stop.signal.aborted) return
    feeds.set(GAP_FEED, own)
    gaps.outbox.set('in_use')
    running = runFeed(own)
    gaps.obstacle = running.parkedBecause
    running.ended.catch(failed.reject)
  }
  if (isPossible(config)) {
    const { outlet } = scope.use(await targets.take(config.gapSink), (it) => targets.release(it))
    if (config.gapsTopic !== undefined) await run(config.gapsTopic, outlet)
    else void runWhereFound({ ...parts, outlet }, run, stop.signal).catch(failed.reject)
  } else gaps.outbox.set('off')
  return {
    failed: failed.promise,
    stopping() {
      // With a lane on disk they go on at the next start.
      if (!isDurable) gaps.tracker.endAll(emit)
    },
    async drain(deadline) {
      stop.abort()
      for (const watch of gaps.sequences.values()) watch.flush()
      await running?.drain(deadline)
      running?.halt()
    },
  }
}

/** Gap records are Avro. Without a topic of their own they go nowhere where all feeds make a dry run, or no feed needs Kafka. */
function isPossible({ gapsTopic, gapSink, registry, feeds }: Config): boolean {
  if (gapsTopic !== undefined) return true
  return registry.url !== '' && systemOf(gapSink) !== undefined && feeds.some(({ sink }) => sink === gapSink)
}

async function runWhereFound(
  { gaps, encoder, outlet, emit }: GapParts & WithOutlet,
  run: (topic: string, outlet: Outlet) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const absent = (why: string): void => {
    if (gaps.outbox.use !== 'off') emit({ type: 'gaps.off', detail: why })
    gaps.obstacle = () => why
    gaps.outbox.set('off')
  }
  if (!(await found({ topic: GAP_FEED, subject: `${GAP_FEED}-value`, outlet, encoder }, signal, absent))) return
  try {
    await run(GAP_FEED, outlet)
  } catch (error) {
    if (!(error instanceof Unusable)) throw error
    absent(error.message)
  }
}

async function makeParts(
  topic: string,
  config: Config,
  { gaps, clock, encoder, outlet, emit: tell }: GapParts & WithOutlet,
): Promise<FeedParts> {
  const { outbox, ledger } = gaps
  // It has no upstream, so nothing may count it as one.
  const emit: Emit = (event) => {
    if (!('source' in event)) tell(event.type === 'feed.started' ? { ...event, sources: [] } : event)
  }
  const finder = new SourceFinder(GAP_FEED, config.secrets.paths)
  finder.add(outbox.source)
  const feed = { name: GAP_FEED, laneMaxBytes: LANE_MAX_BYTES, overload: 'block' } as const
  const lane = await openLane(feed, config, { finder, ledger, emit, clock })
  return {
    name: GAP_FEED,
    sources: { present: [outbox.source], arrivals: () => once(outbox) },
    use: gapUse(config),
    dial: (source, signal) => source.receive(signal, () => {}),
    lane,
    restored: structuredClone(ledger),
    clock,
    parse: (await loadKind(parsers, 'json'))({}, { feed: GAP_FEED, maxDocuments: 1 }),
    normalise: [],
    maxDocuments: 1,
    shape: '',
    router: bySchema({ schema: topic, key: { kind: 'field', path: ['source'] } }),
    encoder,
    outlet,
    // They are ours: one that is refused is a bug or another schema, and counted.
    deadLetters: { topic: undefined, prepare: async () => {}, take: () => false },
    timeOf: undefined,
    maxAgeMs: undefined,
    headers: undefined,
    ledger,
    emit,
  }
}

/** The outbox as the only source of its feed. */
async function* once(outbox: Outbox): AsyncGenerator<Source, void, void> {
  async function* receive(signal: AbortSignal): AsyncGenerator<readonly Message[], Ended, void> {
    yield* outbox.arrivals(signal)
    return { code: undefined, detail: '' }
  }
  yield { info: outbox.source, receive }
}
