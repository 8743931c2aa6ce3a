/** From one feed's settings to the parts its two loops work with. */
import { isDeepStrictEqual } from 'node:util'
import type { Dialler } from './dial/dialler.ts'
import type { UrlSources } from './dial/url-sources.ts'
import type { Encoders } from './encode/encoders.ts'
import type { Emit } from './events.ts'
import type { FeedParts } from './feed.ts'
import { feedSteps } from './feed-steps.ts'
import type { GapStates } from './gap-states.ts'
import type { Gaps } from './gaps/index.ts'
import type { Config, FeedConfig } from './kinds.ts'
import { lanes } from './lane/index.ts'
import { SourceFinder } from './lane/sources.ts'
import { createLedger } from './ledger.ts'
import type { Clock } from './lib/clock.ts'
import type { SourceInfo } from './model.ts'
import { type KeyRule, keyRule } from './route/by-schema.ts'
import { recordUse } from './route/topic-use.ts'
import { loadKind } from './settings/kind.ts'
import type { Target, Targets } from './targets.ts'

/** What all feeds share. */
export interface Shared {
  readonly encoders: Encoders
  readonly targets: Targets
  readonly gaps: Gaps
  readonly clock: Clock
  readonly dial: Dialler
  readonly emit: Emit
  /** Knows gaps beyond this process. */
  readonly gapStates: Pick<GapStates, 'note'>
}

/** What goes on when a feed starts again with other settings: what waits in its lane, and its sums. */
export type Lasting = Pick<FeedParts, 'lane' | 'ledger' | 'restored'> & { readonly finder: SourceFinder }

/** Opens the lane of `feed`. Throws `Unusable` when it cannot be, and the reason of `signal`. */
export async function openLasting(
  feed: FeedConfig,
  sources: readonly SourceInfo[],
  config: Config,
  { emit, clock }: Shared,
  signal: AbortSignal,
): Promise<Lasting> {
  const ledger = createLedger()
  const finder = new SourceFinder(feed.name, config.secrets.paths)
  for (const source of sources) finder.add(source)
  tellOpened(feed, sources.length, config, emit)
  const lane = await openLane(feed, config, { finder, ledger, emit, clock, signal })
  return { lane, ledger, restored: structuredClone(ledger), finder }
}

/** What is made of `feed`, as it is configured. */
export function tellOpened(feed: FeedConfig, sources: number, { lane }: Config, emit: Emit): void {
  emit({
    type: 'feed.opened',
    feed: feed.name,
    sources,
    topic: feed.schema,
    key: keyText(keyRule(feed)),
    normalise: feed.normalise,
    directory: lane.directory,
    laneBytes: feed.laneMaxBytes,
  })
}

/** The parts of `feed` over what lasts of it, with its records going to `target`. `before`: the same feed with other settings, whose place it takes. */
export async function makeParts(
  feed: FeedConfig,
  sources: UrlSources,
  { lane, ledger, restored }: Lasting,
  { outlet, deadLetters }: Target,
  config: Config,
  { encoders, gaps, gapStates, clock, dial, emit }: Shared,
  before?: { readonly feed: FeedConfig; readonly parts: FeedParts },
): Promise<FeedParts> {
  const { name, sequence } = feed
  if (!sequence) gaps.unwatch(name)
  const isWatched = before !== undefined && isDeepStrictEqual(before.feed.sequence, sequence)
  return {
    name,
    sources,
    use: recordUse(feed),
    note: (source) => gapStates.note(source),
    dial: (source, signal) => dial.dial(feed, source, signal),
    lane,
    restored,
    ...(await feedSteps(feed, config, clock, emit)),
    encoder: (await encoders.of(feed)).fork(),
    outlet,
    deadLetters: deadLetters.of(feed.schema),
    maxAgeMs: feed.maxAgeMs,
    watch: isWatched ? before.parts.watch : sequence && gaps.watch(name, sequence, sequence.most, clock, emit),
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
  {
    finder,
    ledger,
    emit,
    clock,
    signal,
  }: Pick<Lasting, 'finder' | 'ledger'> & Pick<Shared, 'emit' | 'clock'> & { readonly signal?: AbortSignal },
): Promise<FeedParts['lane']> {
  const { lane, maxInFlightBatches } = config
  const open = await loadKind(lanes, lane.kind)
  return open(config, {
    feed: feed.name,
    laneMaxBytes: feed.laneMaxBytes,
    maxInFlightBatches,
    overload: feed.overload,
    sourceOf: finder.of,
    ledger,
    emit,
    correctionMs: () => (clock.isKnown ? clock.correctionMs : undefined),
    signal,
  })
}
