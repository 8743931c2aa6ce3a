/** Events in, metrics and log lines out. */
import type { Event } from '../events.ts'
import type { Secrets } from '../lib/secrets/index.ts'
import { createLog, type Log } from './log.ts'
import { createMetrics, type Metrics, type MetricsOptions } from './metrics.ts'
import type { Observed } from './observed.ts'
import { Refusals } from './refusals.ts'
import { shownEvent } from './shown.ts'

/** What the daemon holds. `emit` never throws and never waits. */
export interface Telemetry {
  readonly log: Log
  readonly metrics: Metrics
  emit(event: Event): void
}

/** Makes both halves; `observed` is read at each scrape. */
export function createTelemetry(
  options: Omit<MetricsOptions, 'observed'> & {
    readonly logLevel: string
    /** File descriptor of the log: standard output, unless records go there. */
    readonly logFd: number
    readonly secrets: Secrets
    readonly observed: Omit<Observed, 'logLinesDropped'>
  },
): Telemetry {
  const log = createLog(options.logLevel, options.logFd, (text) => options.secrets.hideAll(text))
  const metrics = createMetrics({ ...options, observed: { ...options.observed, logLinesDropped: () => log.dropped } })
  const foundBy = (feed: string): number => options.observed.feeds.get(feed)?.ledger.found ?? 0
  const refusals = new Refusals(foundBy, (text, feed) => options.secrets.hide(text, feed), log.say)
  const emit = (told: Event): void => {
    // As many as there are documents, so nothing is done for those that only add to a sum.
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
