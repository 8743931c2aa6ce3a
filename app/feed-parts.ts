/** From one feed's settings to the parts its two loops work with. */
import type { Dialler } from './dial/dialler.ts'
import type { Emit } from './events.ts'
import type { FeedParts } from './feed.ts'
import { feedSteps } from './feed-steps.ts'
import type { Gaps } from './gaps/index.ts'
import type { Config, FeedConfig } from './kinds.ts'
import { lanes } from './lane/index.ts'
import { sourceFinder } from './lane/sources.ts'
import { createLedger } from './ledger.ts'
import type { Clock } from './lib/clock.ts'
import type { Encoder, Outlet } from './model.ts'
import type { DeadLetterDesk } from './produce/dead-letters.ts'
import { type KeyRule, keyRule } from './route/by-schema.ts'
import { recordUse } from './route/topic-use.ts'
import { loadKind } from './settings/kind.ts'

/** What all feeds share. */
export interface Shared {
  readonly encoder: Encoder
  readonly outlet: Outlet
  readonly deadLetters: DeadLetterDesk
  readonly gaps: Gaps
  readonly clock: Clock
  readonly dial: Dialler
  readonly emit: Emit
  /** Ends the opening. */
  readonly signal: AbortSignal
}

/** Makes the parts of `feed`, its lane opened. Throws `Unusable` when the lane cannot be, and the reason of `signal`. */
export async function makeParts(
  feed: FeedConfig,
  sources: FeedParts['sources'],
  config: Config,
  { encoder, outlet, deadLetters, gaps, clock, dial, emit, signal }: Shared,
): Promise<FeedParts> {
  const ledger = createLedger()
  emit({
    type: 'feed.opened',
    feed: feed.name,
    sources: sources.length,
    topic: feed.schema,
    key: keyText(keyRule(feed)),
    normalise: feed.normalise,
    directory: config.lane.directory,
    laneBytes: feed.laneMaxBytes,
  })
  const lane = await openLane(feed, config, { sources, ledger, emit, signal })
  const indexes = new Map(sources.map((source, index) => [source, index]))
  return {
    name: feed.name,
    sources,
    use: recordUse(feed),
    dial: (source, signal) => dial(feed, source, indexes.get(source) ?? -1, signal),
    lane,
    restored: structuredClone(ledger),
    ...(await feedSteps(feed, config, clock, emit)),
    encoder: encoder.apart(),
    outlet,
    deadLetters: deadLetters.of(feed.schema),
    maxAgeMs: feed.maxAgeMs,
    watch: feed.sequence && gaps.watch(feed.name, feed.sequence, feed.sequence.most, emit),
    ledger,
    emit,
  }
}

/** The constant itself is left out: nobody declared that it may be shown. */
function keyText(key: KeyRule): string {
  if (key.kind === 'field') return `key from ${key.path.join('.')}`
  return key.kind === 'constant' ? 'a constant key' : 'no key'
}

/** The lane of one feed, as configured. Throws `Unusable`. */
export async function openLane(
  feed: Pick<FeedConfig, 'name' | 'laneMaxBytes' | 'overload'>,
  config: Config,
  { sources, ledger, emit, signal }: Pick<FeedParts, 'sources' | 'ledger' | 'emit'> & { readonly signal?: AbortSignal },
): Promise<FeedParts['lane']> {
  const { lane, maxInFlightBatches, secrets } = config
  const open = await loadKind(lanes, lane.kind)
  return open(config, {
    feed: feed.name,
    laneMaxBytes: feed.laneMaxBytes,
    maxInFlightBatches,
    overload: feed.overload,
    sourceOf: sourceFinder(feed.name, sources, secrets.paths),
    ledger,
    emit,
    signal,
  })
}
