/** Lines about times and numbers of documents that nobody could read: said once per feed and reason, metrics count the others. */
import type { Event } from '../events.ts'
import type { Line } from './line.ts'

export function missingTimeLine({ feed, path, why }: Extract<Event, { type: 'timestamp.missing' }>): Line {
  const kept = 'such documents keep their receive time, and are counted'
  return why === 'absent'
    ? ['info', `feed ${feed}: a document has no time at ${path.join('.')}; ${kept}`, { feed }]
    : ['warn', `feed ${feed}: the time at ${path.join('.')} of a document cannot be read; ${kept}`, { feed }]
}

const UNWATCHED = {
  absent: ['info', 'a document has no sequence number, or does not say which sequence it belongs to'],
  unreadable: ['warn', 'the sequence number of a document, or the name of its sequence, cannot be read'],
  too_many: ['warn', 'there are more sequences than FEED_<NAME>_MAX_SEQUENCES'],
} as const

export function unwatchedLine({ feed, why }: Extract<Event, { type: 'sequence.unwatched' }>): Line {
  const [level, what] = UNWATCHED[why]
  const named = what.replace('<NAME>', feed.toUpperCase())
  return [level, `feed ${feed}: ${named}; such documents are not watched for gaps, and are counted`, { feed }]
}
