/** All feeds that are on. */
import { printable } from '../lib/printable.ts'
import { feedSettingName } from '../lib/setting-names.ts'
import type { Settings } from '../settings/setting.ts'
import { type FeedShared, readFeed } from './feed.ts'
import { feedNames, type UnknownVariable } from './feed-names.ts'
import type { FileLayer } from './file/layer.ts'
import type { Kinds } from './kinds.ts'
import { type Env, environment, type Layer } from './layers.ts'
import { feedsOn } from './replaced.ts'
import type { Report } from './report.ts'
import { feedTable } from './tables/index.ts'
import type { FeedConfigOf } from './types.ts'

const LONGEST_SHOWN_BYTES = 100

/** Where settings are, and the feeds that are named there. */
export interface FeedLayers {
  readonly layers: readonly Layer[]
  /** As in the variables. */
  readonly names: ReadonlySet<string>
  /** Those of the file. */
  readonly inFile: ReadonlySet<string>
  readonly unknown: readonly UnknownVariable[]
}

/** Finds out which variables are of which feed. The environment wins over `file`. */
export function feedLayers(env: Env, kinds: Kinds, file?: FileLayer): FeedLayers {
  const programs = Object.values(kinds.replaced)
  const switched = programs.flatMap(({ feeds }) => feeds.filter(({ toggle }) => env[toggle]?.trim()))
  const suffixes = Object.keys(feedTable(kinds))
  const inFile = file?.feeds ?? []
  const known = [...switched.map(({ name }) => name), ...inFile]
  const { feeds, unknown } = feedNames(env, suffixes, anchorsOf(kinds), known)
  const layers = [environment(env, feeds), ...(file ? [file] : [])]
  return { layers, names: new Set([...feeds.keys(), ...inFile]), inFile: new Set(inFile), unknown }
}

/** The feeds that are on. Names unknown variables, and adds a problem when there is no feed at all. */
export function readFeeds<K extends Kinds>(
  { layers, names, inFile, unknown }: FeedLayers,
  kinds: K,
  shared: FeedShared,
  report: Report,
): FeedConfigOf<K>[] {
  for (const { meant, variable } of unknown) if (meant !== undefined) report.meant(meant, variable)
  const programs = Object.values(kinds.replaced)
  const on = feedsOn(programs, { layers, names, anchors: anchorsOf(kinds) }, report)
  const theirs = new Set(programs.flatMap(({ feeds }) => feeds.map(({ name }) => name)))
  const plain = [...names].filter((name) => !theirs.has(name))
  if (on.length + plain.length === 0 && unknown.length === 0) noFeed(kinds, report)
  const places = [...on.map((one) => ({ name: one.feed.name, replaced: one })), ...plain.map((name) => ({ name }))]
  const feeds = places.map((place) => {
    return readFeed({ ...place, layers, isInFile: inFile.has(place.name) }, kinds, shared, report)
  })
  for (const { variable, text, cure } of unknown) if (!report.isTold(variable)) report.wrong(variable, text, cure)
  return feeds
}

/** The settings without which no source of a feed is there: URLS. */
function anchorsOf({ sources }: Kinds): string[] {
  const settings = Object.values(sources).flatMap((kind): [string, Settings[string]][] => Object.entries(kind.settings))
  return [...new Set(settings.filter(([, { required }]) => required).map(([name]) => name))]
}

function noFeed({ replaced }: Kinds, report: Report): void {
  const feeds = Object.values(replaced).flatMap((program) => program.feeds)
  const switches = feeds.map(({ toggle }) => `${toggle}=True`).join(', ')
  const [meant, written] = report.meantLike(/^FEED_.*_URLS(_FILE)?$/) ?? []
  if (meant !== undefined && written !== undefined) {
    const name = printable(written, LONGEST_SHOWN_BYTES)
    report.wrong(name, `No feed is on: ${name} is not a setting`, `did you mean ${meant}?`)
    return
  }
  const [urls, schema] = ['URLS', 'SCHEMA'].map((suffix) => feedSettingName({ name: '<name>' }, suffix))
  report.wrong(undefined, 'No feed is on', `set one of ${switches}, or name a feed with ${urls} and ${schema}`)
}
