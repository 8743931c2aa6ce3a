/** What a feed does with a message between its lane and the outlet, as configured. */
import { hash } from 'node:crypto'
import type { Config, FeedConfig } from './config/types.ts'
import type { DocumentSteps } from './documents.ts'
import type { Clock } from './lib/clock.ts'
import { matcher } from './lib/subset.ts'
import { normalisers } from './normalise/index.ts'
import { timeOf } from './normalise/time-of.ts'
import { parsers } from './parse/index.ts'
import type { Feed } from './pipeline.ts'
import { headersOf } from './produce/headers.ts'
import { bySchema } from './route/by-schema.ts'

const SHAPE_DIGITS = 16

/** Loads the steps of `feed`. */
export async function feedSteps(
  feed: FeedConfig,
  config: Pick<Config, 'recordHeaders'>,
  clock: Clock,
): Promise<Omit<DocumentSteps, 'watch'> & Pick<Feed, 'shape' | 'router' | 'timeOf' | 'headers' | 'clock'>> {
  return {
    clock,
    ignore: feed.ignore.length === 0 ? undefined : matcher(feed.ignore),
    parse: (await parsers.json.load())(),
    maxDocuments: feed.maxDocuments,
    shape: shapeOf(feed),
    normalise: await Promise.all(feed.normalise.map((name) => normalisers[name as keyof typeof normalisers].load())),
    router: bySchema(feed),
    timeOf: feed.timestampField && timeOf(feed.timestampField),
    headers: headersOf(config.recordHeaders, clock),
  }
}

/** A hash of the settings that decide which documents a message holds, and in which order. */
function shapeOf({ normalise }: FeedConfig): string {
  return hash('sha256', JSON.stringify({ parse: 'json', normalise })).slice(0, SHAPE_DIGITS)
}
