/** Does every URL open, does something come, and does it fit? */
import type { Config, FeedConfig } from '../config/types.ts'
import { describeSources, hostOf } from '../dial/address.ts'
import { sourceMaker } from '../dial/dialler.ts'
import { dialGate } from '../dial/gate.ts'
import type { Misfit } from '../events.ts'
import { feedSettingName } from '../lib/setting-names.ts'
import type { Encoder } from '../model.ts'
import { bySchema } from '../route/by-schema.ts'
import { type Finding, type Group, misconfigured } from './finding.ts'
import { type Fitter, fitter } from './fit.ts'
import { limit } from './limit.ts'
import { type Heard, listen } from './listen.ts'
import { sourceFinding } from './source-finding.ts'

const AT_ONCE = 50

/** What the feeds of a check share. `prepared` resolves when the encoder has every schema that can be had. */
export interface Shared {
  readonly encoder: Encoder
  /** Known once `prepared` resolves, by subject. */
  readonly misfits: ReadonlyMap<string, Misfit>
  readonly prepared: Promise<unknown>
  /** How long each URL is listened to, milliseconds. */
  readonly waitMs: number
}

/** Dials every URL as the daemon does, within the dial rate and `AT_ONCE` at once; one group per feed. */
export async function checkFeeds(config: Config, shared: Shared): Promise<Group[]> {
  const sourceOf = await sourceMaker(config.secrets, () => {})
  const gate = dialGate(config.dialRate)
  const limited = limit(AT_ONCE)
  const never = new AbortController().signal
  return config.feeds.map((feed) => {
    // Where nothing is to be heard, nothing is asked for.
    const quiet = shared.waitMs === 0 ? { openMessages: [], openMessagesFile: undefined } : {}
    const patient = { ...feed, ...quiet, pingIntervalMs: 0, silenceTimeoutMs: undefined }
    const sources = describeSources(feed.name, feed.urls, config.secrets.paths)
    const heard = sources.map(async (info, index) => {
      await gate.pass(hostOf(info), never)
      return limited(() => listen(sourceOf(patient, info, index), shared.waitMs))
    })
    const labels = sources.map(({ shown }) => shown)
    return { title: `feed ${feed.name}`, findings: judged(feed, labels, heard, config, shared) }
  })
}

async function judged(
  feed: FeedConfig,
  labels: readonly string[],
  heard: readonly Promise<Heard>[],
  config: Config,
  { encoder, misfits, prepared, waitMs }: Shared,
): Promise<Finding[]> {
  const { subjects } = bySchema(feed)
  let fits: Promise<Fitter> | undefined
  let fitting = 0
  const looks = heard.map(async (one, index): Promise<Finding> => {
    const found = await one
    await prepared
    if (subjects.every((subject) => encoder.schemas.has(subject))) fits ??= fitter(feed, config, encoder)
    const fit = fits && found.kept.length > 0 ? await (await fits)(found.kept) : undefined
    fitting += fit?.fitting ?? 0
    return sourceFinding(feed, labels[index] ?? '', found, fit, waitMs)
  })
  const findings = await Promise.all(looks)
  await prepared
  // A document that fits proves the contrary.
  return fitting > 0 ? findings : [...findings, ...subjects.flatMap((subject) => told(feed, subject, misfits))]
}

function told(feed: FeedConfig, subject: string, misfits: Shared['misfits']): Finding[] {
  const misfit = misfits.get(subject)
  if (!misfit) return []
  const { path, why, cure } = misfit
  const text = `no plain JSON document fits its schema: ${path ? `${path}: ` : ''}${why}`
  return [misconfigured({ setting: feedSettingName(feed, 'SCHEMA'), text, cure }, subject)]
}
