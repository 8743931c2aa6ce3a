/** What a feed does with a message between its lane and the outlet, as configured. */
import type { Config, FeedConfig } from './config/types.ts'
import type { Emit } from './events.ts'
import { normalisers } from './normalise/index.ts'
import { DocumentTime } from './normalise/time-of.ts'
import { parsers } from './parse/index.ts'
import type { Feed } from './pipeline.ts'
import { headersOf } from './produce/headers.ts'
import { bySchema } from './route/by-schema.ts'

/** Loads the steps of `feed`. `times` are those of its documents, where they have times of their own. */
export async function feedSteps(
  feed: FeedConfig,
  config: Pick<Config, 'recordHeaders'>,
  emit: Emit = () => {},
): Promise<Pick<Feed, 'parse' | 'normalise' | 'router' | 'timeOf' | 'headers'> & { readonly times?: DocumentTime }> {
  const { name, timestampField: path } = feed
  const times = path && new DocumentTime(path, (why) => emit({ type: 'timestamp.missing', feed: name, path, why }))
  return {
    parse: (await parsers.json.load())(),
    normalise: await Promise.all(feed.normalise.map((name) => normalisers[name as keyof typeof normalisers].load())),
    router: bySchema(feed),
    timeOf: times?.of,
    ...(times && { times }),
    headers: headersOf(config.recordHeaders),
  }
}
