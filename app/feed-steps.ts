/** What a feed does with a message between its lane and the outlet, as configured. */
import { hash } from 'node:crypto'
import type { DocumentSteps } from './documents.ts'
import type { Emit } from './events.ts'
import type { Config, FeedConfig } from './kinds.ts'
import type { Clock } from './lib/clock.ts'
import { matcher } from './lib/subset.ts'
import type { Router } from './model.ts'
import { normalisers } from './normalise/index.ts'
import { DocumentTime } from './normalise/time-of.ts'
import { parsers } from './parse/index.ts'
import type { Feed } from './pipeline.ts'
import { headersOf } from './produce/headers.ts'
import { routers } from './route/index.ts'
import { type AnyKind, entryOf, loadKind, ownValues } from './settings/kind.ts'
import { findRecords } from './shape/records.ts'
import { renamer } from './shape/rename.ts'
import { setter } from './shape/set.ts'

const SHAPE_DIGITS = 16

type Steps = Omit<DocumentSteps, 'watch'> & Pick<Feed, 'shape' | 'router' | 'timeOf' | 'headers' | 'clock'>

/** Loads the steps of `feed`. `times` are those of its documents, where they have times of their own. */
export async function feedSteps(
  feed: FeedConfig,
  config: Pick<Config, 'recordHeaders'>,
  clock: Clock,
  emit: Emit = () => {},
): Promise<Steps & { readonly times?: DocumentTime }> {
  const { name, timestampField: path } = feed
  const times = path && new DocumentTime(path, (why) => emit({ type: 'timestamp.missing', feed: name, path, why }))
  return {
    clock,
    ignore: feed.ignore.length === 0 ? undefined : matcher(feed.ignore),
    only: feed.only.length === 0 ? undefined : matcher(feed.only),
    parse: (await loadKind(parsers, feed.parse))(feed, { feed: name, maxDocuments: feed.maxDocuments }),
    records:
      feed.records &&
      findRecords({ records: feed.records, keep: feed.recordsKeep ?? [], maxDocuments: feed.maxDocuments }),
    maxDocuments: feed.maxDocuments,
    shape: shapeOf(feed),
    normalise: [
      ...(await Promise.all(
        feed.normalise.map(async (kind) => (await loadKind(normalisers, kind))(feed, { feed: name })),
      )),
      ...(feed.rename ? [renamer(feed.rename)] : []),
      ...(feed.set ? [setter(feed.set, (message) => clock.receivedAt(message))] : []),
    ],
    router: await routerOf(feed),
    timeOf: times?.of,
    ...(times && { times }),
    headers: headersOf(config.recordHeaders, clock),
  }
}

/** Where the records of `feed` go. */
export async function routerOf(feed: FeedConfig): Promise<Router> {
  return (await loadKind(routers, feed.router))(feed, { schema: feed.schema })
}

/** A hash of the settings that decide which documents a message holds, and in which order. */
function shapeOf(feed: FeedConfig): string {
  const { parse, normalise, records, recordsKeep } = feed
  const used: readonly AnyKind[] = [entryOf(parsers, parse), ...normalise.map((name) => entryOf(normalisers, name))]
  const settings = used.map((kind) => ownValues(kind.settings, feed))
  // Without settings as it was when no such kind had any, so that dead letters of that time keep their numbers.
  const isPlain = settings.every((one) => Object.keys(one).length === 0)
  const shape = { parse, normalise, ...(!isPlain && { settings }), ...(records && { records, recordsKeep }) }
  return hash('sha256', JSON.stringify(shape)).slice(0, SHAPE_DIGITS)
}
