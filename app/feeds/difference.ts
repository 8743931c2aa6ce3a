/** What a new configuration changes for the feeds that run. */
import { isDeepStrictEqual } from 'node:util'
import type { FeedConfig } from '../kinds.ts'

/** Feeds by what is to be done with them; those that are in no list stay untouched. */
export interface Difference {
  readonly added: readonly FeedConfig[]
  /** By name. */
  readonly removed: readonly string[]
  /** They drain and start again. */
  readonly restarted: readonly FeedConfig[]
  /** Only their URLs or the bounds of their lanes change: the other sources go on. */
  readonly adjusted: readonly FeedConfig[]
}

/** Compares what runs with what is wanted. */
export function difference(present: ReadonlyMap<string, FeedConfig>, wanted: readonly FeedConfig[]): Difference {
  const names = new Set(wanted.map(({ name }) => name))
  const kept = wanted.flatMap((feed) => {
    const before = present.get(feed.name)
    return before && !isDeepStrictEqual(before, feed) ? [{ before, feed }] : []
  })
  const isAdjusted = ({ before, feed }: { before: FeedConfig; feed: FeedConfig }): boolean =>
    isDeepStrictEqual(lasting(before), lasting(feed))
  return {
    added: wanted.filter(({ name }) => !present.has(name)),
    removed: [...present.keys()].filter((name) => !names.has(name)),
    restarted: kept.filter((one) => !isAdjusted(one)).map(({ feed }) => feed),
    adjusted: kept.filter(isAdjusted).map(({ feed }) => feed),
  }
}

/** What a feed cannot change while it runs. Files that are read at each dial are known by their paths. */
function lasting(feed: FeedConfig): Partial<FeedConfig> {
  const { urls: _urls, laneMaxBytes: _bytes, overload: _overload, headers, openMessages, ...rest } = feed
  return {
    ...rest,
    ...(feed.headersFile === undefined && { headers }),
    ...(feed.openMessagesFile === undefined && { openMessages }),
  }
}
