/** Events in, metrics and log lines out. */
import type { Event } from '../events.ts'
import type { Secrets } from '../lib/secrets/index.ts'
import { createLog, type Log } from './log.ts'
import { createMetrics, type Metrics, type MetricsOptions } from './metrics.ts'
import type { Observed } from './observed.ts'
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
  const emit = (told: Event): void => {
    const event = shownEvent(told, options.secrets)
    options.observed.status.apply(event)
    metrics.apply(event)
    log.write(event)
    options.observed.gaps.apply(event, emit)
  }
  return { log, metrics, emit }
}
