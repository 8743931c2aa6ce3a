/** From a feed's settings to one source's arrivals: source, files read again at each dial, gate and redial loop together. */
import type { Emit } from '../events.ts'
import type { Secrets } from '../lib/secrets/index.ts'
import { feedSettingName, type GivenNames } from '../lib/setting-names.ts'
import type { Message, Source, SourceInfo } from '../model.ts'
import { loadKind } from '../settings/kind.ts'
import { dialGate } from './gate.ts'
import { sources } from './index.ts'
import { Intake } from './intake.ts'
import type { WebSocketOptions } from './options.ts'
import { redial } from './redial.ts'
import { headersReader, openMessagesReader, type SettingFile, urlReader } from './reread.ts'
import { sourceCure } from './source-cure.ts'

/** What does not come from the settings. */
type Own =
  | 'info'
  | 'url'
  | 'headers'
  | 'openMessages'
  | 'watermarkBytes'
  | 'rhythmBounds'
  | 'paused'
  | 'behind'
  | 'quiet'
  | 'quietAfterMs'
  | 'intake'

/** What dialling needs of a feed's settings. */
export interface DialSettings extends Omit<WebSocketOptions, Own> {
  readonly name: string
  /** Its kind of source. */
  readonly source: string
  /** What the operator calls them, by suffix. */
  readonly names?: GivenNames | undefined
  readonly urls: readonly string[] | undefined
  readonly headers: Readonly<Record<string, string>>
  /** Path of the file that holds the URLs, if one does. */
  readonly urlsFile: string | undefined
  readonly headersFile: string | undefined
  readonly openMessages: readonly string[]
  readonly openMessagesFile: string | undefined
  readonly backoffMaxMs: number
  readonly backoffSlowMs: number
  readonly stableAfterMs: number
}

/** Dials the `index`-th URL of `feed` for ever, until `signal` aborts. */
export type Dialler = (
  feed: DialSettings,
  info: SourceInfo,
  index: number,
  signal: AbortSignal,
) => AsyncIterable<readonly Message[]>

/** `dialRate` is dials per second and host, over all feeds; `secrets` learns what files hold that are read again. */
export async function openDialler(
  dialRate: number,
  secrets: Secrets,
  emit: Emit,
  feeds: readonly Pick<DialSettings, 'source'>[],
): Promise<Dialler> {
  const gate = dialGate(dialRate)
  const sourceOf = await sourceMaker(secrets, emit, feeds)
  return (feed, info, index, signal) =>
    redial(sourceOf(feed, info, index), {
      gate,
      emit,
      signal,
      backoffMaxMs: feed.backoffMaxMs,
      slowMs: feed.backoffSlowMs,
      cure: (error) => sourceCure(error, feed),
      stableMs: feed.stableAfterMs,
    })
}

/** Makes the source of the `index`-th URL of `feed`; nothing is dialled before it is pulled. */
export type SourceMaker = (feed: DialSettings, info: SourceInfo, index: number) => Source

/** Loads what sources of `feeds` are made of. `emit` is told when one is paused or behind, and when no longer. */
export async function sourceMaker(
  secrets: Secrets,
  emit: Emit,
  inUse: readonly Pick<DialSettings, 'source'>[],
): Promise<SourceMaker> {
  const kinds = new Set(inUse.map(({ source }) => source))
  const makers = new Map(
    await Promise.all([...kinds].map(async (kind) => [kind, await loadKind(sources, kind)] as const)),
  )
  const feeds = new Map<string, Shared>()
  return (feed, info, index) => {
    const shared = feeds.get(feed.name) ?? sharedBy(feed, secrets)
    feeds.set(feed.name, shared)
    const { urlAt, headers, openMessages, intake, asked } = shared
    const paused = (isPaused: boolean): void =>
      emit({ type: isPaused ? 'source.paused' : 'source.resumed', source: info })
    const behind = (since: number): void => emit({ type: 'source.behind', source: info, since })
    const quiet = (openMs: number): void => emit({ type: 'source.quiet', source: info, openMs, ...asked })
    const { handshakeTimeoutMs, ignore } = feed
    const own = { info, url: () => urlAt(index), headers, openMessages, paused, behind, quiet, intake }
    const make = makers.get(feed.source)
    if (!make) throw new Error(`sources of the kind ${feed.source} were not loaded`)
    return make(feed, { ...own, handshakeTimeoutMs, ignore })
  }
}

/** What all sources of a feed share. */
interface Shared {
  readonly intake: Intake
  readonly urlAt: (index: number) => Promise<string>
  readonly headers: () => Promise<Readonly<Record<string, string>>>
  readonly openMessages: () => Promise<readonly string[]>
  /** The setting of the open messages, and whether there are any. */
  readonly asked: { readonly setting: string; readonly isSet: boolean }
}

function sharedBy(feed: DialSettings, secrets: Secrets): Shared {
  const file = (setting: string, path: string | undefined): SettingFile | undefined => {
    if (path === undefined) return undefined
    const learn = (text: string): void => secrets.learn(feed.name, setting, text)
    return { path, variable: feedSettingName(feed, setting), learn }
  }
  return {
    intake: new Intake(),
    urlAt: urlReader(feed.urls ?? [], file('URLS', feed.urlsFile)),
    headers: headersReader(feed.headers, file('HEADERS', feed.headersFile)),
    openMessages: openMessagesReader(feed.openMessages, file('OPEN_MESSAGES', feed.openMessagesFile)),
    asked: { setting: feedSettingName(feed, 'OPEN_MESSAGES'), isSet: feed.openMessages.length > 0 },
  }
}
