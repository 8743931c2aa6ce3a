/** One feed of the daemon with all that goes when it goes. */
import type { UrlSources } from '../dial/url-sources.ts'
import type { FeedParts, Predecessor, RunningFeed } from '../feed.ts'
import type { Lasting } from '../feed-parts.ts'
import type { FeedConfig } from '../kinds.ts'
import type { Scope } from '../lib/scope.ts'
import { sleep } from '../lib/sleep.ts'
import type { SourceInfo } from '../model.ts'
import type { Target } from '../targets.ts'

/** How long a feed that starts again may deliver by its former settings what it holds, in milliseconds: the rest goes by the new ones. */
const HAND_OVER_MS = 2_000
/** Between two looks whether all is settled that a feed had under way, in milliseconds. */
const LOOK_MS = 100

/** Its settings, as they are in force, and the parts made of them. */
export interface Present {
  readonly config: FeedConfig
  readonly sources: UrlSources
  readonly parts: FeedParts
  readonly target: Target
}

/** Changed in place when its settings are. */
export interface LiveFeed {
  present: Present
  running: RunningFeed
  /** Resolves when the connections of its former settings are closed: until then more is heard of their sources. */
  formerEnded?: Promise<unknown>
  /** What outlives a change of its settings, and its close. */
  readonly lasting: Lasting
  readonly scope: Scope
}

/** What takes the place of a feed that runs, or that was leaving. */
export interface Heir {
  readonly live: LiveFeed
  readonly next: Present
}

/** Ends a feed whose place another one takes: what it holds is delivered, or left to that one. */
export function handOver(running: RunningFeed): Predecessor {
  const handedOver = running.drain(AbortSignal.timeout(HAND_OVER_MS)).then(() => running.halt())
  return {
    intakeEnded: handedOver.then(() => running.intakeEnded),
    outputEnded: handedOver.then(() => running.outputEnded),
  }
}

/** Resolves when nothing is under way any more that was made by these settings, or when `signal` aborts. */
export async function settled({ parts: { encoder } }: Present, signal: AbortSignal): Promise<void> {
  while (encoder.isHeld && !signal.aborted) await sleep(LOOK_MS, signal)
}

/** The sources of a lane are those of its feed. */
export function tellLane({ finder }: Lasting, joined: readonly SourceInfo[], left: readonly SourceInfo[]): void {
  for (const source of left) finder.remove(source)
  for (const source of joined) finder.add(source)
}
