/** Event → log line. One JSON object per line; the only importer of pino. */
import pino from 'pino'
import type { Event } from '../events.ts'
import { RateLimit } from '../lib/rate-limit.ts'
import { sleep } from '../lib/sleep.ts'
import { kafkaLine } from './kafka-lines.ts'
import type { Line } from './line.ts'

/** Bytes of log kept for a reader that has stalled; what does not fit is dropped and counted. */
const MAX_BACKLOG_BYTES = 1024 * 1024
const FLUSH_MS = 1_000
const SHORT_GAP_MS = 5_000

/** A logger of events. `dropped` counts lines lost to a stalled reader; `flush` waits until all is written, or for `FLUSH_MS`. */
export interface Log {
  readonly dropped: number
  write(event: Event): void
  info(text: string, fields?: object): void
  error(text: string, fields?: object): void
  flush(): Promise<void>
}

/** Opens the log at `level` (pino's names) on the file descriptor `fd`. Survives a reader that stalls or goes away. */
export function createLog(level: string, fd: number): Log {
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
  const say = ([at, text, fields = {}]: Line): void => logger[at](fields, text)
  return {
    get dropped() {
      return dropped
    },
    write(event) {
      const line = lineOf(event)
      if (!line) return
      const key = limitKey(event)
      const unsaid = key === undefined ? 0 : limits.take(key)
      if (unsaid === undefined) return
      say(unsaid > 0 ? [line[0], `${line[1]} (and ${unsaid} more like it)`, line[2]] : line)
    },
    info: (text, fields) => say(['info', text, fields]),
    error: (text, fields) => say(['error', text, fields]),
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
  if (event.type === 'kafka.connected' || event.type === 'kafka.lost') return event.type
  return undefined
}

function lineOf(event: Event): Line | undefined {
  switch (event.type) {
    case 'source.dialled':
      return ['debug', `dialling ${event.source.id}`, { feed: event.source.feed }]
    case 'source.opened':
      return [
        'info',
        `${event.source.id} is open${event.afterDials > 1 ? ` after ${event.afterDials} dials` : ''}`,
        { feed: event.source.feed },
      ]
    case 'source.lost':
      return lostLine(event)
    case 'source.refused':
      return [
        'error',
        `${event.source.id} will not be dialled again: ${event.detail}`,
        { feed: event.source.feed, reason: event.reason },
      ]
    case 'gap.ended':
      return gapLine(event)
    case 'document.refused':
      return [
        'warn',
        `a document was refused: ${event.detail}${event.deadLetter === undefined ? '' : `; it goes to ${event.deadLetter}`}`,
        { feed: event.feed, source: event.sourceId, reason: event.reason },
      ]
    default:
      return kafkaLine(event) ?? rarerLine(event)
  }
}

function lostLine(event: Extract<Event, { type: 'source.lost' }>): Line {
  const { source, reason, code, detail, openMs, redialInMs } = event
  const fields = { feed: source.feed, reason, ...(code === undefined ? {} : { code }) }
  const next = redialInMs === undefined ? '' : `; next dial in ${(redialInMs / 1000).toFixed(1)} s`
  if (reason === 'stopped') return ['debug', `${source.id} is closed`, fields]
  if (openMs === undefined) return ['warn', `${source.id} does not open: ${detail}${next}`, fields]
  return ['warn', `${source.id} is lost after ${(openMs / 1000).toFixed(1)} s: ${detail}${next}`, fields]
}

/** Short gaps are told by the lines of the loss and the opening. */
function gapLine(event: Extract<Event, { type: 'gap.ended' }>): Line | undefined {
  const { source, reason, beganAt, endedAt, code, dials, sequence } = event
  const fields = { feed: source.feed, reason, ...(code === undefined ? {} : { code }), dials }
  if (sequence) {
    const { from, to } = sequence
    const which = from === to ? `number ${from} is` : `numbers ${from} to ${to} are`
    return ['info', `${source.id}: ${which} missing`, { feed: source.feed, reason }]
  }
  const ms = endedAt - beganAt
  if (ms < SHORT_GAP_MS) return undefined
  return ['info', `${source.id} was in a gap for ${(ms / 1000).toFixed(1)} s`, fields]
}

function schemaLine({ subject, version, id, misfit }: Extract<Event, { type: 'schema.fetched' }>): Line {
  const what = `subject ${subject}: version ${version}, schema id ${id}`
  if (!misfit) return ['info', what]
  const { path, why, cure } = misfit
  return ['warn', `${what}; no plain JSON document fits it: ${path ? `${path}: ` : ''}${why}; ${cure}`]
}

function rarerLine(event: Event): Line | undefined {
  switch (event.type) {
    case 'daemon.started':
      return [
        'info',
        `tributary ${event.version} has started: feeds ${event.feeds}, sources ${event.sources}, sink ${event.sink}`,
      ]
    case 'daemon.stopping':
      return ['info', `${event.signal}: stopping; no new dials, delivering what is held`]
    case 'daemon.stopped':
      return [
        'info',
        `stopped with code ${event.code}${event.kept > 0 ? `; kept ${event.kept} messages for the next start` : ''}${event.undelivered > 0 ? `; ${event.undelivered} messages undelivered` : ''}`,
        { ledger: event.ledgers },
      ]
    case 'daemon.warned':
      return ['warn', event.warning]
    case 'gaps.off':
      return ['debug', `gaps are counted, but not told in a topic: ${event.detail}; looking again every minute`]
    case 'http.listening':
      return ['info', `metrics on http://${event.host}:${event.port}/`]
    case 'feed.parked':
      return [
        'warn',
        `feed ${event.feed} cannot start yet: ${event.detail}`,
        { feed: event.feed, reason: event.reason },
      ]
    case 'feed.started':
      return [
        'info',
        `feed ${event.feed} runs: sources ${event.sources.length}, topic ${event.topic}`,
        { feed: event.feed },
      ]
    case 'dead_letters.looked_up':
      return event.inUse
        ? ['info', `refused documents go to the topic ${event.topic}`]
        : [
            'warn',
            `refused documents are counted but not kept: there is no topic ${event.topic} (create it, or set DEAD_LETTER_TOPIC)`,
          ]
    case 'lane.restored':
      return [
        'info',
        `feed ${event.feed} takes up ${event.messages} messages that were kept, the oldest of ${new Date(event.oldestReceivedAt).toISOString()}`,
        { feed: event.feed },
      ]
    case 'lane.held':
      return event.isNews
        ? [
            'error',
            `the lane of feed ${event.feed} cannot write: ${event.detail}; holding and trying again`,
            { feed: event.feed },
          ]
        : undefined
    case 'lane.resumed':
      return [
        'info',
        `the lane of feed ${event.feed} writes again after ${(event.heldMs / 1000).toFixed(1)} s`,
        { feed: event.feed },
      ]
    case 'schema.fetched':
      return event.changed ? schemaLine(event) : undefined
    case 'schema.unavailable':
      return [
        'warn',
        `subject ${event.subject}: ${event.detail}${event.inUse ? '; the last good schema stays in use' : ''}`,
        { reason: event.reason },
      ]
    default:
      return undefined
  }
}
