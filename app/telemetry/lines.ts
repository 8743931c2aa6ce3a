/** What the log says. */
import type { Event } from '../events.ts'
import { kafkaLine } from './kafka-lines.ts'
import type { Line } from './line.ts'
import { reloadLine } from './reload-lines.ts'
import { sourceLine } from './source-lines.ts'
import { missingTimeLine, unwatchedLine } from './unread-lines.ts'

/** The line of an event; undefined where none is due. */
export function lineOf(event: Event): Line | undefined {
  if ('source' in event) return sourceLine(event)
  switch (event.type) {
    case 'document.refused':
      return [
        'warn',
        `${event.documents === 1 ? 'a document was' : `${event.documents} documents of a message were`} refused: ${event.detail}${event.deadLetter === undefined ? '' : `; kept in the topic ${event.deadLetter}`}`,
        { feed: event.feed, source: event.sourceId, reason: event.reason },
      ]
    default:
      return kafkaLine(event) ?? reloadLine(event) ?? rarerLine(event)
  }
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
    case 'feed.opened':
      return openedLine(event)
    case 'feed.parked':
      return [
        'warn',
        `feed ${event.feed} cannot start yet: ${event.detail}`,
        { feed: event.feed, reason: event.reason },
      ]
    case 'feed.started':
      return [
        'info',
        `feed ${event.feed} runs: sources ${event.sources.length}, topic ${event.topics.join(', ')}`,
        { feed: event.feed },
      ]
    case 'timestamp.missing':
      return missingTimeLine(event)
    case 'sequence.unwatched':
      return unwatchedLine(event)
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
      return schemaLine(event)
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

/** Going away is said when it happens; so is coming back. */
function schemaLine(event: Extract<Event, { type: 'schema.fetched' }>): Line | undefined {
  const { subject, version, id, changed, recovered, misfit } = event
  const what = `subject ${subject}: version ${version}, schema id ${id}`
  if (changed && misfit) {
    const { path, why, cure } = misfit
    return ['warn', `${what}; no plain JSON document fits it: ${path ? `${path}: ` : ''}${why}; ${cure}`]
  }
  if (changed) return ['info', what]
  return recovered ? ['info', `subject ${subject}: the registry has it again, version ${version}`] : undefined
}

/** The one line that says what a feed does with its messages and where they wait. */
function openedLine(event: Extract<Event, { type: 'feed.opened' }>): Line {
  const { feed, sources, topic, key, normalise, directory, laneBytes } = event
  const lane = directory === undefined ? 'in memory, gone with the process' : `on disk in ${directory}`
  const steps = normalise.length === 0 ? 'not normalised' : `normalised by ${normalise.join(', ')}`
  const text = `feed ${feed}: sources ${sources}, topic ${topic}, ${key}, ${steps}; lane ${lane}, up to ${sizeText(laneBytes)}`
  return ['info', text, { feed }]
}

function sizeText(bytes: number): string {
  const mib = bytes / (1024 * 1024)
  return mib >= 1 ? `${Number(mib.toFixed(1))} MiB` : `${bytes} bytes`
}
