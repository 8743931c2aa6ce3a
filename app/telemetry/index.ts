/** Turns events into metrics, status and log lines. */
import type { Event } from '../events.ts'
import type { Secrets } from '../lib/secrets/index.ts'
import { createLog, type Log } from './log.ts'
import { createMetrics, type Metrics, type MetricsOptions } from './metrics.ts'
import type { Observed } from './observed.ts'
import { Refusals } from './refusals.ts'
import { shownEvent } from './shown.ts'

/** Telemetry of one daemon. `emit` never throws and never waits. */
export interface Telemetry {
  readonly log: Log
  readonly metrics: Metrics
  emit(event: Event): void
}

/** Creates log and metrics. `observed` is read at each scrape. */
export function createTelemetry(
  options: Omit<MetricsOptions, 'observed'> & {
    readonly logLevel: string
    /** File descriptor of the log: standard output, or standard error when records go to standard output. */
    readonly logFd: number
    readonly secrets: Secrets
    readonly observed: Omit<Observed, 'logLinesDropped'>
  },
): Telemetry {
  const log = createLog(options.logLevel, options.logFd, (text) => options.secrets.hideAll(text))
  const metrics = createMetrics({ ...options, observed: { ...options.observed, logLinesDropped: () => log.dropped } })
  const foundBy = (feed: string): number => options.observed.feeds.get(feed)?.ledger.found ?? 0
  const refusals = new Refusals(foundBy, (text, feed) => options.secrets.hide(text, feed), log.writeLine)
  const emit = (told: Event): void => {
    // These events may come once per document: return early if the log already has their reason.
    if (told.type === 'document.refused' && !refusals.isNews(told)) return
    const event = shownEvent(told, options.secrets)
    options.observed.status.apply(event)
    metrics.apply(event)
    if (event.type === 'daemon.stopped') refusals.flush()
    log.write(event)
    options.observed.gaps.apply(event, emit)
    if (event.type === 'feed.left') options.secrets.forget(event.feed)
  }
  return { log, metrics, emit }
}
