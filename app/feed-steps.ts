/** What a feed does with a message between its lane and the outlet, as configured. */
import type { Config, FeedConfig } from './config/types.ts'
import { matcher } from './lib/subset.ts'
import { normalisers } from './normalise/index.ts'
import { timeOf } from './normalise/time-of.ts'
import { parsers } from './parse/index.ts'
import type { Feed } from './pipeline.ts'
import { headersOf } from './produce/headers.ts'
import { bySchema } from './route/by-schema.ts'

/** Loads the steps of `feed`. */
export async function feedSteps(
  feed: FeedConfig,
  config: Pick<Config, 'recordHeaders'>,
): Promise<Pick<Feed, 'ignore' | 'parse' | 'normalise' | 'router' | 'timeOf' | 'headers'>> {
  return {
    ignore: feed.ignore.length === 0 ? undefined : matcher(feed.ignore),
    parse: (await parsers.json.load())(),
    normalise: await Promise.all(feed.normalise.map((name) => normalisers[name as keyof typeof normalisers].load())),
    router: bySchema(feed),
    timeOf: feed.timestampField && timeOf(feed.timestampField),
    headers: headersOf(config.recordHeaders),
  }
}
