/** From one feed's settings to the parts its two loops work with. */
import type { Config, FeedConfig } from './config/types.ts'
import type { Dialler } from './dial/dialler.ts'
import type { Emit } from './events.ts'
import type { FeedParts } from './feed.ts'
import type { Gaps } from './gaps/index.ts'
import { lanes } from './lane/index.ts'
import { sourceFinder } from './lane/sources.ts'
import { createLedger } from './ledger.ts'
import type { Encoder, Outlet } from './model.ts'
import { normalisers } from './normalise/index.ts'
import { timeOf } from './normalise/time-of.ts'
import { parsers } from './parse/index.ts'
import type { DeadLetterDesk } from './produce/dead-letters.ts'
import { headersOf } from './produce/headers.ts'
import { bySchema } from './route/by-schema.ts'

/** What all feeds share. */
export interface Shared {
  readonly encoder: Encoder
  readonly outlet: Outlet
  readonly deadLetters: DeadLetterDesk
  readonly gaps: Gaps
  readonly dial: Dialler
  readonly emit: Emit
}

/** Makes the parts of `feed`, its lane opened. Throws `Unusable` when the lane cannot be. */
export async function makeParts(
  feed: FeedConfig,
  sources: FeedParts['sources'],
  config: Config,
  { encoder, outlet, deadLetters, gaps, dial, emit }: Shared,
): Promise<FeedParts> {
  const ledger = createLedger()
  return {
    name: feed.name,
    sources,
    dial: (source, signal) => dial(feed, source, sources.indexOf(source), signal),
    lane: await openLane(feed, config, { sources, ledger, emit }),
    parse: (await parsers.json.load())(),
    normalise: await Promise.all(feed.normalise.map((name) => normalisers[name as keyof typeof normalisers].load())),
    router: bySchema(feed),
    encoder,
    outlet,
    deadLetters: deadLetters.of(feed.schema),
    timeOf: feed.timestampField && timeOf(feed.timestampField),
    maxAgeMs: feed.maxAgeMs,
    headers: headersOf(config.recordHeaders),
    watch: feed.sequenceField && gaps.watch(feed.name, feed.sequenceField, emit),
    ledger,
    emit,
  }
}

/** The lane of one feed, as configured. Throws `Unusable`. */
export async function openLane(
  feed: Pick<FeedConfig, 'name' | 'laneMaxBytes' | 'overload'>,
  { lane: { kind, directory, sync }, maxInFlightBatches }: Config,
  { sources, ledger, emit }: Pick<FeedParts, 'sources' | 'ledger' | 'emit'>,
): Promise<FeedParts['lane']> {
  const open = await lanes[kind as keyof typeof lanes].load()
  return open({
    feed: feed.name,
    laneMaxBytes: feed.laneMaxBytes,
    maxInFlightBatches,
    overload: feed.overload,
    directory,
    sync,
    sourceOf: sourceFinder(feed.name, sources),
    ledger,
    emit,
  })
}
