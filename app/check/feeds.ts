/** Checks whether every URL opens and sends messages that fit the schema. */
import { describeSources, hostOf } from '../dial/address.ts'
import { sourceMaker } from '../dial/dialler.ts'
import { dialGate } from '../dial/gate.ts'
import type { Encoders } from '../encode/encoders.ts'
import type { Misfit } from '../events.ts'
import { routerOf } from '../feed-steps.ts'
import type { Config, FeedConfig } from '../kinds.ts'
import { feedSettingName } from '../lib/setting-names.ts'
import type { Message, SourceInfo } from '../model.ts'
import { type Finding, type FindingGroup, misconfigured } from './finding.ts'
import { type Fit, type Fitter, fitter } from './fit.ts'
import { concurrencyLimit } from './limit.ts'
import { type Heard, listenTo } from './listen.ts'
import { sourceFinding } from './source-finding.ts'

const MOST_DIALS_AT_ONCE = 50

/** Parts shared by the feeds of a check. `prepared` resolves when the encoder has every available schema. */
export interface FeedCheckParts {
  readonly encoders: Encoders
  /** Known once `prepared` resolves, by subject. */
  readonly misfits: ReadonlyMap<string, Misfit>
  readonly prepared: Promise<unknown>
  /** Listening time per URL, milliseconds. */
  readonly waitMs: number
}

/** Listens to one URL of a feed. */
type Listen = (info: SourceInfo, index: number) => Promise<Heard>

/** Dials every URL as the daemon does, within the dial rate and `MOST_DIALS_AT_ONCE`; one group per feed. */
export async function checkFeeds(config: Config, shared: FeedCheckParts): Promise<FindingGroup[]> {
  const gate = dialGate(config.dialRate)
  const limited = concurrencyLimit(MOST_DIALS_AT_ONCE)
  const never = new AbortController().signal
  const groupOf = async (feed: FeedConfig): Promise<FindingGroup> => {
    // Without listening, send no open messages.
    const quiet = shared.waitMs === 0 ? { openMessages: [], openMessagesFile: undefined } : {}
    const patient = { ...feed, ...quiet, pingIntervalMs: 0, silenceTimeoutMs: undefined }
    const make = await sourceMaker(patient, config.secrets, () => {})
    const hear: Listen = async (info, index) => {
      await gate.pass(hostOf(info), never)
      return limited(() => listenTo(make(info, { index }), shared.waitMs))
    }
    return { title: `feed ${feed.name}`, findings: lookAt(feed, hear, config, shared) }
  }
  return Promise.all(config.feeds.map(groupOf))
}

/** Releases the messages of a URL after its finding: there may be thousands of URLs. */
async function lookAt(feed: FeedConfig, hear: Listen, config: Config, shared: FeedCheckParts): Promise<Finding[]> {
  const { misfits, prepared, waitMs } = shared
  const fitOf = judge(feed, config, shared)
  let fitting = 0
  const look = async (info: SourceInfo, index: number): Promise<Finding> => {
    const heard = await hear(info, index)
    const fit = await fitOf(heard.kept)
    fitting += fit?.fitting ?? 0
    return sourceFinding(feed, info.shown, heard, fit, waitMs)
  }
  const findings = await Promise.all(describeSources(feed.name, feed.urls ?? [], config.secrets.paths).map(look))
  await prepared
  // A fitting document disproves every misfit.
  if (fitting > 0) return findings
  const { subjects } = await routerOf(feed)
  return [...findings, ...subjects.flatMap((subject) => told(feed, subject, misfits))]
}

/** Returns undefined without messages or without a schema. */
function judge(feed: FeedConfig, config: Config, { encoders, prepared }: FeedCheckParts) {
  let fits: Promise<Fitter> | undefined
  return async (messages: readonly Message[]): Promise<Fit | undefined> => {
    await prepared
    const encoder = await encoders.of(feed)
    const { subjects } = await routerOf(feed)
    const isKnown = subjects.every((subject) => encoder.schemas.has(subject))
    if (!isKnown || messages.length === 0) return undefined
    fits ??= fitter(feed, config, encoder)
    return (await fits)(messages)
  }
}

function told(feed: FeedConfig, subject: string, misfits: FeedCheckParts['misfits']): Finding[] {
  const misfit = misfits.get(subject)
  if (!misfit) return []
  const { path, why, cure } = misfit
  const text = `no plain JSON document fits its schema: ${path ? `${path}: ` : ''}${why}`
  return [misconfigured({ setting: feedSettingName(feed, 'SCHEMA'), text, cure }, subject)]
}
