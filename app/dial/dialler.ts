/** From a feed's settings to one source's arrivals: source, files read again at each dial, gate and redial loop together. */
import type { Emit } from '../events.ts'
import { feedSettingName, type GivenNames } from '../lib/setting-names.ts'
import type { Message, Source, SourceInfo } from '../model.ts'
import { dialGate } from './gate.ts'
import { sources } from './index.ts'
import { Intake } from './intake.ts'
import type { WebSocketOptions } from './options.ts'
import { redial } from './redial.ts'
import { headersReader, type SettingFile, urlReader } from './reread.ts'

/** What does not come from the settings. */
type Own = 'info' | 'url' | 'headers' | 'watermarkBytes' | 'rhythmBounds' | 'paused' | 'behind' | 'intake'

/** What dialling needs of a feed's settings. */
export interface DialSettings extends Omit<WebSocketOptions, Own> {
  readonly name: string
  /** What the operator calls them, by suffix. */
  readonly names?: GivenNames | undefined
  readonly urls: readonly string[]
  readonly headers: Readonly<Record<string, string>>
  /** Path of the file that holds the URLs, if one does. */
  readonly urlsFile: string | undefined
  readonly headersFile: string | undefined
  readonly backoffMaxMs: number
}

/** Dials the `index`-th URL of `feed` for ever, until `signal` aborts. */
export type Dialler = (
  feed: DialSettings,
  info: SourceInfo,
  index: number,
  signal: AbortSignal,
) => AsyncIterable<readonly Message[]>

/** `dialRate` is dials per second and host, over all feeds. */
export async function openDialler(dialRate: number, emit: Emit): Promise<Dialler> {
  const gate = dialGate(dialRate)
  const sourceOf = await sourceMaker(emit)
  return (feed, info, index, signal) =>
    redial(sourceOf(feed, info, index), { gate, emit, signal, backoffMaxMs: feed.backoffMaxMs })
}

/** Makes the source of the `index`-th URL of `feed`; nothing is dialled before it is pulled. */
export type SourceMaker = (feed: DialSettings, info: SourceInfo, index: number) => Source

/** Loads what sources are made of. `emit` is told when one is paused or behind, and when no longer. */
export async function sourceMaker(emit: Emit): Promise<SourceMaker> {
  const open = await sources.websocket.load()
  const feeds = new Map<string, Shared>()
  return (feed, info, index) => {
    const shared = feeds.get(feed.name) ?? sharedBy(feed)
    feeds.set(feed.name, shared)
    const { urlAt, headers, intake } = shared
    const paused = (isPaused: boolean): void =>
      emit({ type: isPaused ? 'source.paused' : 'source.resumed', source: info })
    const behind = (since: number): void => emit({ type: 'source.behind', source: info, since })
    return open({ ...feed, info, url: () => urlAt(index), headers, paused, behind, intake })
  }
}

/** What all sources of a feed share. */
interface Shared {
  readonly intake: Intake
  readonly urlAt: (index: number) => Promise<string>
  readonly headers: () => Promise<Readonly<Record<string, string>>>
}

function sharedBy(feed: DialSettings): Shared {
  return {
    intake: new Intake(),
    urlAt: urlReader(feed.urls, named(feed, 'URLS', feed.urlsFile)),
    headers: headersReader(feed.headers, named(feed, 'HEADERS', feed.headersFile)),
  }
}

function named(feed: DialSettings, setting: string, path: string | undefined): SettingFile | undefined {
  return path === undefined ? undefined : { path, variable: feedSettingName(feed, setting) }
}
