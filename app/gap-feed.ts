/** The internal feed of gap records: its lane, its topic, and what must outlive the process to know the gaps. */
import { join } from 'node:path'
import type { Config } from './config/types.ts'
import { Unusable } from './errors.ts'
import type { Emit } from './events.ts'
import { type FeedParts, type RunningFeed, runFeed } from './feed.ts'
import { openLane } from './feed-parts.ts'
import type { Gaps } from './gaps/index.ts'
import { found } from './gaps/lookup.ts'
import { GAP_FEED } from './gaps/record.ts'
import { type GapState, readState, writeState } from './gaps/state.ts'
import { folderOf } from './lane/disk/folder.ts'
import type { Clock } from './lib/clock.ts'
import { errorCode } from './lib/error-code.ts'
import type { Scope } from './lib/scope.ts'
import type { Encoder, Outlet } from './model.ts'
import { parsers } from './parse/index.ts'
import { sinks } from './produce/index.ts'
import { bySchema } from './route/by-schema.ts'
import { gapUse } from './route/topic-use.ts'

const LANE_MAX_BYTES = 16 * 1024 * 1024
const STATE_FILE = 'gaps.json'
/** Between two looks at what changed; for each further thousand of sources one more passes until the state is written. */
const TICK_MS = 1_000
const SOURCES_PER_TICK = 1_000
/** Ticks until the state is written though nothing changed: a quiet feed's death shall not look older than this. */
const IDLE_TICKS = 10

/** What gap records share with the feeds. */
export interface GapParts {
  readonly gaps: Gaps
  readonly feeds: Map<string, FeedParts>
  readonly encoder: Encoder
  readonly outlet: Outlet
  readonly clock: Clock
  readonly emit: Emit
}

/** Gap records under way. */
export interface GapFeed {
  /** Rejects for a bug of ours. */
  readonly ended: Promise<void>
  /** The sources will be closed now. */
  stopping(): void
  /** Call it when nothing comes any more: resolves when all records are settled or kept, or when `deadline` aborts. */
  drain(deadline: AbortSignal): Promise<void>
}

/**
 * Takes up the gaps that earlier processes left beside the lanes of `parts.feeds`, and from then on keeps them current.
 * Records go to `GAPS_TOPIC` as those of any feed do, or to the usual topic from the moment it is found. Throws `Unusable`.
 */
export async function openGapFeed(config: Config, parts: GapParts, scope: Scope): Promise<GapFeed> {
  const { gaps, feeds, emit } = parts
  const isDurable = config.lane.directory !== undefined
  await keepState(config, parts, scope)
  const stop = scope.use(new AbortController(), (it) => it.abort())
  const failed = Promise.withResolvers<void>()
  let running: RunningFeed | undefined
  const run = async (topic: string): Promise<void> => {
    const own = await makeParts(topic, config, parts)
    scope.use(own.lane, (it) => it.close())
    if (stop.signal.aborted) return
    feeds.set(GAP_FEED, own)
    gaps.outbox.set('in_use')
    running = runFeed(own)
    gaps.obstacle = running.parkedBecause
    running.ended.catch(failed.reject)
  }
  if (config.gapsTopic !== undefined) await run(config.gapsTopic)
  else if ('offline' in sinks[config.sink as keyof typeof sinks]) gaps.outbox.set('off')
  else void runWhereFound(parts, run, stop.signal).catch(failed.reject)
  return {
    ended: failed.promise,
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

async function runWhereFound(
  { gaps, encoder, outlet, emit }: GapParts,
  run: (topic: string) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const absent = (why: string): void => {
    if (gaps.outbox.use !== 'off') emit({ type: 'gaps.off', detail: why })
    gaps.obstacle = () => why
    gaps.outbox.set('off')
  }
  if (!(await found({ topic: GAP_FEED, subject: `${GAP_FEED}-value`, outlet, encoder }, signal, absent))) return
  try {
    await run(GAP_FEED)
  } catch (error) {
    if (!(error instanceof Unusable)) throw error
    absent(error.message)
  }
}

async function makeParts(
  topic: string,
  config: Config,
  { gaps, clock, encoder, outlet, emit: tell }: GapParts,
): Promise<FeedParts> {
  const { outbox, ledger } = gaps
  // It has no upstream, so nothing may count it as one.
  const emit: Emit = (event) => {
    if (!('source' in event)) tell(event.type === 'feed.started' ? { ...event, sources: [] } : event)
  }
  const sources = [outbox.source]
  const feed = { name: GAP_FEED, laneMaxBytes: LANE_MAX_BYTES, overload: 'block' } as const
  const lane = await openLane(feed, config, { sources, ledger, emit, clock })
  return {
    name: GAP_FEED,
    sources,
    use: gapUse(config),
    dial: (_source, signal) => outbox.arrivals(signal),
    lane,
    restored: structuredClone(ledger),
    clock,
    parse: (await parsers.json.load())(),
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

/** Declares every feed with what was left of it, and writes what changes until the scope closes. */
async function keepState(config: Config, parts: GapParts, scope: Scope): Promise<void> {
  const { gaps, feeds } = parts
  const { directory, sync } = config.lane
  const names = [...feeds.keys()]
  const pathOf = (name: string): string | undefined => directory && join(folderOf(directory, name), STATE_FILE)
  for (const [name, { sources }] of feeds) gaps.addFeed(name, sources, await before(pathOf(name), parts.emit))
  const write = async (stopped: boolean): Promise<void> => {
    for (const name of names) {
      const path = pathOf(name)
      if (path) await writeState(path, gaps.state(name, stopped), sync === 'flush')
    }
  }
  const sources = [...feeds.values()].reduce((sum, feed) => sum + feed.sources.length, 0)
  const ticker = writing(gaps, names, write, Math.ceil(sources / SOURCES_PER_TICK), parts.emit)
  await ticker.begin()
  scope.use(ticker, async (it) => {
    await it.stop()
    await write(true).catch(() => {})
  })
}

async function before(path: string | undefined, emit: Emit): Promise<GapState | undefined> {
  try {
    return path === undefined ? undefined : await readState(path)
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    emit({ type: 'daemon.warned', warning: `${problem}; gaps since the last run are not known` })
    return undefined
  }
}

/** One write at a time, every `busyTicks` at most; a disk that does not take it is told once, and what it has stays true, if older. */
function writing(
  gaps: Gaps,
  names: readonly string[],
  write: (stopped: boolean) => Promise<void>,
  busyTicks: number,
  emit: Emit,
): { begin(): Promise<void>; stop(): Promise<void> } {
  let ticks = 0
  let isHeld = false
  let current: Promise<void> | undefined
  const attempt = async (): Promise<void> => {
    try {
      await write(false)
      isHeld = false
    } catch (error) {
      const warning = `gaps cannot be kept in LANE_DIR (${errorCode(error)}); trying again`
      if (!isHeld) emit({ type: 'daemon.warned', warning })
      isHeld = true
    }
    current = undefined
    ticks = 0
  }
  const tick = (): void => {
    for (const watch of gaps.sequences.values()) watch.flush()
    if (current || ++ticks < busyTicks) return
    const changed = names.filter((name) => gaps.takeChanged(name))
    if (changed.length > 0 || ticks >= IDLE_TICKS) current = attempt()
  }
  let timer: NodeJS.Timeout | undefined
  return {
    async begin() {
      await attempt()
      timer = setInterval(tick, TICK_MS).unref()
    },
    async stop() {
      clearInterval(timer)
      await current
    },
  }
}
