/** Builds a feed's sources from its settings and dials them: combines settings files, dial gate and redial loop. */
import type { Emit } from '../events.ts'
import type { Secrets } from '../lib/secrets/index.ts'
import { feedSettingName, type GivenNames } from '../lib/setting-names.ts'
import type { Message, Source, SourceInfo } from '../model.ts'
import { loadKind } from '../settings/kind.ts'
import type { PresentSource } from './address.ts'
import { dialGate } from './gate.ts'
import { sources } from './index.ts'
import type { WebSocketOptions } from './options.ts'
import { ReadBudget } from './read-budget.ts'
import { redial } from './redial.ts'
import { headersReader, openMessagesReader, type SettingFile, urlReader } from './reread.ts'
import { sourceCure } from './source-cure.ts'
import { type UrlPlace, UrlSources } from './url-sources.ts'

/** Options that do not come from the settings. */
type Own =
  | 'info'
  | 'url'
  | 'headers'
  | 'openMessages'
  | 'watermarkBytes'
  | 'silenceBounds'
  | 'paused'
  | 'behind'
  | 'quiet'
  | 'quietAfterMs'
  | 'readBudget'

/** The feed settings that dialling uses. */
export interface DialSettings extends Omit<WebSocketOptions, Own> {
  readonly name: string
  /** Kind of source. */
  readonly source: string
  /** Setting names as the operator gave them, by suffix. */
  readonly names?: GivenNames | undefined
  readonly urls: readonly string[] | undefined
  readonly headers: Readonly<Record<string, string>>
  /** Path of the file with the URLs, if any. */
  readonly urlsFile: string | undefined
  readonly headersFile: string | undefined
  readonly openMessages: readonly string[]
  readonly openMessagesFile: string | undefined
  readonly backoffMaxMs: number
  readonly backoffSlowMs: number
  readonly stableAfterMs: number
}

/** Makes and dials the sources of feeds. */
export interface Dialler {
  /** Returns one source per URL of `feed`. Present sources whose URLs remain keep their names. Loads the feed's kind of source. */
  sources(feed: DialSettings, present: Iterable<PresentSource>): Promise<UrlSources>
  /** Dials `source` of `feed` until `signal` aborts. Each source needs its own signal. */
  dial(feed: DialSettings, source: Source, signal: AbortSignal): AsyncIterable<readonly Message[]>
}

/** `dialRate` is dials per second and host, over all feeds. `secrets` learns the content of settings files at each read. */
export function openDialler(dialRate: number, secrets: Secrets, emit: Emit): Dialler {
  const gate = dialGate(dialRate)
  return {
    async sources(feed, present) {
      const urls = [...(feed.urls ?? [])]
      const make = await sourceMaker({ ...feed, urls }, secrets, emit)
      return new UrlSources({ feed: feed.name, urls, paths: secrets.paths, make }, present)
    },
    dial: (feed, source, signal) =>
      redial(source, {
        gate,
        emit,
        signal,
        backoffMaxMs: feed.backoffMaxMs,
        slowMs: feed.backoffSlowMs,
        cure: (error) => sourceCure(error, feed),
        stableMs: feed.stableAfterMs,
      }),
  }
}

/** Makes the source for a place of the URL list; dialling starts when the source is pulled. */
export type SourceMaker = (info: SourceInfo, place: UrlPlace) => Source

/** Loads the kind of source of `feed` and returns its factory. Sources emit events when they pause, resume, fall behind or catch up. */
export async function sourceMaker(feed: DialSettings, secrets: Secrets, emit: Emit): Promise<SourceMaker> {
  const make = await loadKind(sources, feed.source)
  const { urlAt, headers, openMessages, readBudget, asked } = sharedBy(feed, secrets)
  const { handshakeTimeoutMs, ignore } = feed
  return (info, place) => {
    const paused = (isPaused: boolean): void =>
      emit({ type: isPaused ? 'source.paused' : 'source.resumed', source: info })
    const behind = (since: number): void => emit({ type: 'source.behind', source: info, since })
    const quiet = (openMs: number): void => emit({ type: 'source.quiet', source: info, openMs, ...asked })
    const url = async (): Promise<string> => {
      const present = await urlAt(place.index)
      if (feed.urlsFile !== undefined) place.dialled = present
      return present
    }
    const own = { info, url, headers, openMessages, paused, behind, quiet, readBudget }
    return make(feed, { ...own, handshakeTimeoutMs, ignore })
  }
}

/** State shared by all sources of a feed. */
interface SharedByFeed {
  readonly readBudget: ReadBudget
  readonly urlAt: (index: number) => Promise<string>
  readonly headers: () => Promise<Readonly<Record<string, string>>>
  readonly openMessages: () => Promise<readonly string[]>
  /** Name of the open-messages setting, and whether any are configured. */
  readonly asked: { readonly setting: string; readonly isSet: boolean }
}

function sharedBy(feed: DialSettings, secrets: Secrets): SharedByFeed {
  const file = (setting: string, path: string | undefined): SettingFile | undefined => {
    if (path === undefined) return undefined
    const learn = (text: string): void => secrets.learn(feed.name, setting, text)
    return { path, variable: feedSettingName(feed, setting), learn }
  }
  return {
    readBudget: new ReadBudget(),
    urlAt: urlReader(feed.urls ?? [], file('URLS', feed.urlsFile)),
    headers: headersReader(feed.headers, file('HEADERS', feed.headersFile)),
    openMessages: openMessagesReader(feed.openMessages, file('OPEN_MESSAGES', feed.openMessagesFile)),
    asked: { setting: feedSettingName(feed, 'OPEN_MESSAGES'), isSet: feed.openMessages.length > 0 },
  }
}
