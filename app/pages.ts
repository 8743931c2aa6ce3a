/** What the operator's port answers. */
import type { FeedParts } from './feed.ts'
import type { Gaps } from './gaps/index.ts'
import { GAP_FEED } from './gaps/record.ts'
import { json, type Page, type Pages, text } from './http.ts'
import { balances, ledgerReport } from './ledger.ts'
import { type Clock, clockText } from './lib/clock.ts'
import type { Secrets } from './lib/secrets/index.ts'
import type { Encoder, SourceInfo } from './model.ts'
import type { Telemetry } from './telemetry/index.ts'
import type { FeedStatus, Status } from './telemetry/status.ts'
import { verdictOf } from './telemetry/verdict.ts'

/** Live views, owned by the daemon. */
export interface PageSources {
  readonly version: string
  readonly status: Status
  readonly gaps: Gaps
  readonly clock: Clock
  readonly feeds: ReadonlyMap<string, FeedParts>
  readonly schemas: () => Encoder['schemas']
  readonly telemetry: Telemetry
  readonly secrets: Secrets
}

/**
 * `/` and `/metrics`: Prometheus text. `/healthz`: the process turns. `/readyz`: configuration good, schemas there, Kafka
 * connected once. `/status`: everything, as JSON.
 */
export function pages(views: PageSources): Pages {
  const metrics = async () => {
    const { render, contentType } = views.telemetry.metrics
    return { status: 200, type: contentType, body: await render() }
  }
  const health = () => text(200, 'ok\n')
  const ready = () => {
    const obstacles = notReady(views.status)
    return obstacles.length === 0
      ? text(200, `ready\n${clockNote(views.clock)}`)
      : text(503, `not ready\n${obstacles.join('\n')}\n`)
  }
  return new Map<string, () => Page | Promise<Page>>([
    ['/', metrics],
    ['/metrics', metrics],
    ['/healthz', health],
    ['/health', health],
    ['/readyz', ready],
    ['/ready', ready],
    ['/status', () => json(200, statusOf(views))],
  ])
}

/** A wrong clock is worth a line, and no reason not to be ready. */
function clockNote(clock: PageSources['clock']): string {
  const { difference } = clock
  return difference ? `${clockText(difference)}\n` : ''
}

/** Some feed runs and Kafka was connected: a feed that is parked beside it shows on /status and in a metric. */
function notReady({ feeds, systems }: Status): string[] {
  const obstacles = [...systems]
    .filter(([, { wasConnected }]) => !wasConnected)
    .map(([system]) => `${system} has not been connected yet`)
  const states = [...feeds.entries()]
  if (states.some(([, feed]) => feed.state === 'running')) return obstacles
  return [
    ...obstacles,
    ...states.map(([name, feed]) => `feed ${name} is ${feed.state}${feed.detail ? `: ${feed.detail}` : ''}`),
  ]
}

function statusOf({ version, status, feeds, schemas, gaps, secrets, clock }: PageSources) {
  const shown = (at: number): string | null => time(at === 0 ? 0 : clock.corrected(at))
  const obstacle = secrets.hide(gaps.obstacle())
  return {
    verdict: verdictOf(status),
    version,
    node: process.versions.node,
    uptime_seconds: Math.round(process.uptime()),
    kafka_connected: status.kafkaConnected,
    schemas: Object.fromEntries(
      [...schemas()].map(([subject, s]) => [subject, { id: s.id, version: s.version, fetched_at: shown(s.fetchedAt) }]),
    ),
    feeds: Object.fromEntries(
      [...status.feeds].map(([name, feed]) => [name, feedOf(name, feed, { feeds, gaps, shown })]),
    ),
    gap_records: {
      use: gaps.outbox.use,
      ...(obstacle ? { detail: obstacle } : {}),
      waiting: gaps.outbox.pending.length,
      ...partsOf(feeds.get(GAP_FEED)),
    },
  }
}

/** What is the same for every feed, the internal one too. */
function partsOf(parts: FeedParts | undefined) {
  const ledger = parts && ledgerReport(parts.ledger, parts.lane.held.messages)
  return {
    topics: parts?.router.topics,
    dead_letter_topic: parts && (parts.deadLetters.topic ?? null),
    ledger: ledger && { ...ledger, balances: balances(ledger) },
    lane: parts && {
      bytes: parts.lane.held.bytes,
      limit_bytes: parts.lane.held.limitBytes,
      oldest_message_at: time(parts.lane.held.oldestReceivedAt),
    },
  }
}

function feedOf(
  name: string,
  { state, detail, laneTrouble, sources }: FeedStatus,
  { feeds, gaps, shown }: Pick<PageSources, 'feeds' | 'gaps'> & { readonly shown: (at: number) => string | null },
) {
  return {
    state,
    ...(detail ? { detail } : {}),
    ...(laneTrouble ? { lane_trouble: laneTrouble } : {}),
    ...partsOf(feeds.get(name)),
    sources: [...sources].map(([info, source]) => ({
      url: source.url,
      state: source.state,
      dials: source.dials,
      messages: source.messages,
      last_message_at: shown(source.lastMessageAt),
      opened_at: shown(source.openedAt),
      last_close: source.lastClose && { ...source.lastClose, at: shown(source.lastClose.at) },
      gap: gapOf(gaps, info),
    })),
  }
}

function gapOf(gaps: Gaps, source: SourceInfo) {
  const gap = gaps.tracker.gapOf(source)
  return gap && { since: time(gap.beganAt), reason: gap.reason, dials: gap.dials }
}

/** ISO 8601, or null for never. */
function time(at: number): string | null {
  return at === 0 ? null : new Date(at).toISOString()
}
