/** Event → log line. One JSON object per line; the only importer of pino. */
import pino from 'pino'
import type { Event } from '../events.ts'
import { RateLimit } from '../lib/rate-limit.ts'
import { sleep } from '../lib/sleep.ts'
import type { Line } from './line.ts'
import { lineOf } from './lines.ts'

/** Bytes of log kept for a reader that has stalled; what does not fit is dropped and counted. */
const MAX_BACKLOG_BYTES = 1024 * 1024
const FLUSH_MS = 1_000

/** A logger of events. `dropped` counts lines lost to a stalled reader; `flush` waits until all is written, or for `FLUSH_MS`. */
export interface Log {
  readonly dropped: number
  write(event: Event): void
  /** Says a line that holds no secret. */
  say(line: Line): void
  info(text: string, fields?: object): void
  error(text: string, fields?: object): void
  flush(): Promise<void>
}

/** Opens the log at `level` (pino's names) on the file descriptor `fd`. Events come without secrets; `hide` takes them out of other texts. Survives a reader that stalls or goes away. */
export function createLog(level: string, fd: number, hide: (text: string) => string): Log {
  const destination = pino.destination({ fd, sync: false, minLength: 1, maxLength: MAX_BACKLOG_BYTES })
  let dropped = 0
  // At the exit pino writes what is left, again and again until it succeeds: on a full disk that is never.
  const letGo = (): void => {
    destination.flushSync = () => {}
  }
  destination.on('drop', () => dropped++)
  destination.on('error', () => {
    dropped++
    letGo()
  })
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  )
  const limits = new RateLimit(10, 10_000)
  const quietLimits = new RateLimit(1, 60_000)
  const say = ([at, text, fields = {}]: Line): void => logger[at](fields, text)
  return {
    get dropped() {
      return dropped
    },
    write(event) {
      const line = lineOf(event)
      if (!line) return
      const key = limitKey(event)
      const within = event.type === 'source.quiet' ? quietLimits : limits
      const unsaid = key === undefined ? 0 : within.take(key)
      if (unsaid === undefined) return
      say(unsaid > 0 ? [line[0], `${line[1]} (and ${unsaid} more like it)`, line[2]] : line)
    },
    say,
    info: (text, fields) => say(['info', hide(text), fields]),
    error: (text, fields) => say(['error', hide(text), fields]),
    // Not flushSync: it does not wait for the write under way, and never returns where nobody reads.
    async flush() {
      const patience = new AbortController()
      const written = new Promise<void>((resolve) => destination.flush(() => resolve()))
      await Promise.race([written, sleep(FLUSH_MS, patience.signal)])
      patience.abort()
      letGo()
    },
  }
}

/** Lines that upstreams and brokers drive are bounded per feed or topic and kind, so that none can fill a disk with our log; ours are not. */
function limitKey(event: Event): string | undefined {
  if (event.type === 'document.refused') return `${event.type} ${event.feed} ${event.reason}`
  if ('source' in event) return `${event.type} ${event.source.feed}`
  if (event.type === 'produce.held' || event.type === 'produce.resumed') return `${event.type} ${event.topic}`
  if (event.type === 'kafka.throttled') return `${event.type} ${event.topic}`
  if (event.type === 'kafka.connected' || event.type === 'kafka.lost') return `${event.type} ${event.system ?? ''}`
  return undefined
}
