/** Does every URL open, does something come, and does it fit? */
import { describeSources, hostOf } from '../dial/address.ts'
import { sourceMaker } from '../dial/dialler.ts'
import { dialGate } from '../dial/gate.ts'
import { type Encoders, hasSchemas } from '../encode/encoders.ts'
import type { Misfit } from '../events.ts'
import { routerOf } from '../feed-steps.ts'
import type { Config, FeedConfig } from '../kinds.ts'
import { feedSettingName } from '../lib/setting-names.ts'
import type { Message, SourceInfo } from '../model.ts'
import { type Finding, type Group, misconfigured } from './finding.ts'
import { type Fit, type Fitter, fitter } from './fit.ts'
import { limit } from './limit.ts'
import { type Heard, listen } from './listen.ts'
import { sourceFinding } from './source-finding.ts'

const AT_ONCE = 50

/** What the feeds of a check share. `prepared` resolves when the encoder has every schema that can be had. */
export interface Shared {
  readonly encoders: Encoders
  /** Known once `prepared` resolves, by subject. */
  readonly misfits: ReadonlyMap<string, Misfit>
  readonly prepared: Promise<unknown>
  /** How long each URL is listened to, milliseconds. */
  readonly waitMs: number
}

/** Listens to one URL of a feed. */
type Listen = (info: SourceInfo, index: number) => Promise<Heard>

/** Dials every URL as the daemon does, within the dial rate and `AT_ONCE` at once; one group per feed. */
export async function checkFeeds(config: Config, shared: Shared): Promise<Group[]> {
  const gate = dialGate(config.dialRate)
  const limited = limit(AT_ONCE)
  const never = new AbortController().signal
  const groupOf = async (feed: FeedConfig): Promise<Group> => {
    // Where nothing is to be heard, nothing is asked for.
    const quiet = shared.waitMs === 0 ? { openMessages: [], openMessagesFile: undefined } : {}
    const patient = { ...feed, ...quiet, pingIntervalMs: 0, silenceTimeoutMs: undefined }
    const make = await sourceMaker(patient, config.secrets, () => {})
    const hear: Listen = async (info, index) => {
      await gate.pass(hostOf(info), never)
      return limited(() => listen(make(info, { index }), shared.waitMs))
    }
    return { title: `feed ${feed.name}`, findings: lookAt(feed, hear, config, shared) }
  }
  return Promise.all(config.feeds.map(groupOf))
}

/** Nothing of what a URL sent is kept beyond its finding: there may be thousands. */
async function lookAt(feed: FeedConfig, hear: Listen, config: Config, shared: Shared): Promise<Finding[]> {
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
  // A document that fits proves the contrary.
  if (fitting > 0) return findings
  const { subjects } = await routerOf(feed)
  return [...findings, ...subjects.flatMap((subject) => told(feed, subject, misfits))]
}

/** Undefined where there is nothing to judge, or no schema to judge by. */
function judge(feed: FeedConfig, config: Config, { encoders, prepared }: Shared) {
  let fits: Promise<Fitter> | undefined
  return async (messages: readonly Message[]): Promise<Fit | undefined> => {
    await prepared
    const encoder = await encoders.of(feed)
    const { subjects } = await routerOf(feed)
    const isKnown = !hasSchemas(feed.format) || subjects.every((subject) => encoder.schemas.has(subject))
    if (!isKnown || messages.length === 0) return undefined
    fits ??= fitter(feed, config, encoder)
    return (await fits)(messages)
  }
}

function told(feed: FeedConfig, subject: string, misfits: Shared['misfits']): Finding[] {
  const misfit = misfits.get(subject)
  if (!misfit) return []
  const { path, why, cure } = misfit
  const text = `no plain JSON document fits its schema: ${path ? `${path}: ` : ''}${why}`
  return [misconfigured({ setting: feedSettingName(feed, 'SCHEMA'), text, cure }, subject)]
}
