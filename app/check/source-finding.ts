/** The finding about one URL after dialling and listening. */
import { sourceCure } from '../dial/source-cure.ts'
import { SourceLost, SourceRefused } from '../errors.ts'
import type { FeedConfig } from '../kinds.ts'
import { feedSettingName } from '../lib/setting-names.ts'
import type { Finding } from './finding.ts'
import type { Fit } from './fit.ts'
import type { Heard } from './listen.ts'
import { counted } from './report.ts'

/** Most reasons shown. */
const MOST_REASONS = 5
/** Below this share of fitting documents the feed counts as wrong. */
const LEAST_SHARE = 0.5

type CheckedFeed = Pick<FeedConfig, 'name' | 'names' | 'schema' | 'openMessages'>
/** A remark; the worst remark sets the verdict. */
type Remark = Pick<Finding, 'verdict' | 'fault' | 'cure' | 'setting'> & { readonly text: string }

/** `fit` is undefined when the documents could not be judged. The finding holds no message content. */
export function sourceFinding(
  feed: CheckedFeed,
  label: string,
  heard: Heard,
  fit: Fit | undefined,
  waitMs: number,
): Finding {
  const { openedAfterMs, end } = heard
  if (openedAfterMs === undefined) {
    const error = end?.by instanceof SourceLost || end?.by instanceof SourceRefused ? end.by : undefined
    const detail = error?.message ?? 'it was not dialled'
    const cure = error && sourceCure(error, feed)
    return { label, verdict: 'wrong', detail, cure, setting: feedSettingName(feed, 'URLS') }
  }
  const opens: Remark = { verdict: 'ok', text: `opens in ${Math.round(openedAfterMs)} ms` }
  const remarks = [opens, ...messageRemarks(feed, heard, waitMs), ...fitRemarks(feed, fit), ...endRemarks(feed, heard)]
  const worst = (['wrong', 'note'] as const)
    .map((verdict) => remarks.findLast((remark) => remark.verdict === verdict))
    .find((remark) => remark !== undefined)
  const { text: _, ...rest } = worst ?? opens
  return { label, ...rest, detail: remarks.map(({ text }) => text).join(', ') }
}

function messageRemarks(feed: CheckedFeed, { messages, end }: Heard, waitMs: number): Remark[] {
  if (messages > 0) return [{ verdict: 'ok', text: counted(messages, 'message') }]
  if (waitMs === 0) return []
  const setting = feedSettingName(feed, 'OPEN_MESSAGES')
  const cure =
    feed.openMessages.length > 0
      ? `check what ${setting} asks for, or listen longer with --wait 1m`
      : `set ${setting} if this upstream wants a subscription, or listen longer with --wait 1m`
  const text = end ? 'no message' : `no message within ${waitMs / 1000} s`
  return [{ verdict: 'note', text, cure, setting }]
}

function fitRemarks(feed: CheckedFeed, fit: Fit | undefined): Remark[] {
  if (!fit) return []
  const { fitting, others } = fit
  const total = [...others.values()].reduce((sum, { documents }) => sum + documents, fitting)
  if (total === 0) return [{ verdict: 'note', text: 'no document in them', cure: 'check what the upstream sends' }]
  if (fitting === total) return [{ verdict: 'ok', text: `all ${counted(total, 'document')} fit` }]
  const isTooFew = fitting < total * LEAST_SHARE
  const reasons = [...others].slice(0, MOST_REASONS).map(([reason, it]) => `${it.documents} ${reason}: ${it.detail}`)
  const share = `${fitting} of ${total} documents fit (${Math.floor((fitting / total) * 100)} %)`
  const text = `${share}; not ${reasons.join('; not ')}`
  const remark = { text, cure: unfitCure(feed, others), setting: feedSettingName(feed, 'SCHEMA') }
  return [isTooFew ? { verdict: 'wrong', fault: 'configuration', ...remark } : { verdict: 'note', ...remark }]
}

function unfitCure(feed: CheckedFeed, others: Fit['others']): string {
  const called = (suffix: string): string => feedSettingName(feed, suffix)
  if (others.has('not_json') || others.has('not_utf8')) {
    return 'documents are read from JSON, as text or in binary frames: ask the upstream for JSON'
  }
  if (others.has('no_key')) return `check ${called('KEY_FIELD')}`
  if (others.has('max_age')) return `check ${called('MAX_AGE')} and ${called('TIMESTAMP_FIELD')}`
  return `compare what the upstream sends with the schema ${feed.schema}-value, or name what is control in ${called('IGNORE')}`
}

function endRemarks(feed: CheckedFeed, { messages, end }: Heard): Remark[] {
  if (!end) return []
  const { by, openMs } = end
  const after = `after ${(openMs / 1000).toFixed(1)} s`
  if (!(by instanceof SourceLost || by instanceof SourceRefused)) {
    const code = by.code === undefined ? 'without a code' : `with ${by.code}`
    return [{ verdict: 'note', text: `then closed ${code} ${after}`, cure: 'a running daemon dials it again' }]
  }
  const remark = { text: `then ${by.message} ${after}`, cure: sourceCure(by, feed) }
  if (by.reason === 'too_big') {
    return [
      { verdict: 'wrong', fault: 'configuration', ...remark, setting: feedSettingName(feed, 'MAX_MESSAGE_BYTES') },
    ]
  }
  const isRefused = !(by instanceof SourceLost) || by.pace === 'slow' || messages === 0
  return [{ verdict: isRefused ? 'wrong' : 'note', ...remark, setting: feedSettingName(feed, 'URLS') }]
}
