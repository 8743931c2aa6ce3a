/** Writes events as log lines, one JSON object per line. The only importer of pino. */
import pino from 'pino'
import type { Event } from '../events.ts'
import { RateLimit } from '../lib/rate-limit.ts'
import { sleep } from '../lib/sleep.ts'
import type { LogLine } from './line.ts'
import { lineOf } from './lines.ts'

/** Backlog for a stalled reader, in bytes. Further lines are dropped and counted. */
const MAX_BACKLOG_BYTES = 1024 * 1024
const FLUSH_MS = 1_000

/** A logger of events. `dropped`: lines lost because the reader stalled. `flush` waits until all lines are written, at most `FLUSH_MS`. */
export interface Log {
  readonly dropped: number
  write(event: Event): void
  /** Writes a line whose text holds no secret. */
  writeLine(line: LogLine): void
  /** Hides every secret in the text of a line, then writes it. */
  hideAndWrite(line: LogLine): void
  flush(): Promise<void>
}

/** Opens the log at `level` (pino's names) on the file descriptor `fd`. Events must hold no secrets; `hide` removes secrets from other lines. A reader that stalls or goes away does no harm. */
export function createLog(level: string, fd: number, hide: (text: string) => string): Log {
  const destination = pino.destination({ fd, sync: false, minLength: 1, maxLength: MAX_BACKLOG_BYTES })
  let dropped = 0
  // At the exit pino retries its last write until success, which never comes on a full disk.
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
  const writeLine = ([at, text, fields = {}]: LogLine): void => logger[at](fields, text)
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
      writeLine(unsaid > 0 ? [line[0], `${line[1]} (and ${unsaid} more like it)`, line[2]] : line)
    },
    writeLine,
    hideAndWrite: ([at, text, fields]) => writeLine([at, hide(text), fields]),
    // flushSync does not wait for the write in progress, and never returns when nobody reads.
    async flush() {
      const patience = new AbortController()
      const written = new Promise<void>((resolve) => destination.flush(() => resolve()))
      await Promise.race([written, sleep(FLUSH_MS, patience.signal)])
      patience.abort()
      letGo()
    },
  }
}

/**
 * The key of the rate limit. Lines caused by upstreams or brokers are limited per type and feed or topic; other lines
 * are not.
 */
function limitKey(event: Event): string | undefined {
  if (event.type === 'document.refused') return `${event.type} ${event.feed} ${event.reason}`
  if ('source' in event) return `${event.type} ${event.source.feed}`
  if (event.type === 'produce.held' || event.type === 'produce.resumed') return `${event.type} ${event.topic}`
  if (event.type === 'kafka.throttled') return `${event.type} ${event.topic}`
  if (event.type === 'kafka.connected' || event.type === 'kafka.lost') return `${event.type} ${event.system ?? ''}`
  return undefined
}
