/** Log lines about unreadable times and sequence numbers: once per feed and reason; metrics count the rest. */
import type { EventOf } from './event-log.ts'
import type { LogLine } from './line.ts'
import { logMessage } from './log-message.ts'

const TIME_CURE =
  'Point `FEED_<NAME>_TIMESTAMP_FIELD` at a field with a time; [numbers.md](numbers.md) lists the formats. Until then records carry the receive time.'

export const missingTime = {
  absent: logMessage(
    'info',
    'feed {feed}: a document has no time at {path}; such documents keep their receive time, and are counted',
    { cause: 'A document lacks the field that `FEED_<NAME>_TIMESTAMP_FIELD` names.', cure: TIME_CURE },
  ),
  unreadable: logMessage(
    'warn',
    'feed {feed}: the time at {path} of a document cannot be read; such documents keep their receive time, and are counted',
    { cause: 'The field that `FEED_<NAME>_TIMESTAMP_FIELD` names holds no known format of time.', cure: TIME_CURE },
  ),
}

export function missingTimeLine(
  { feed, path, why }: EventOf<'timestamp.missing'>,
  { absent, unreadable }: typeof missingTime,
): LogLine {
  return (why === 'absent' ? absent : unreadable).line({ feed, path: path.join('.') }, { feed })
}

export const unwatched = {
  absent: logMessage(
    'info',
    'feed {feed}: a document has no sequence number, or does not say which sequence it belongs to; such documents are not watched for gaps, and are counted',
    {
      cause: 'A field that `FEED_<NAME>_SEQUENCE_FIELD` or `_SEQUENCE_BY` names is missing or null.',
      cure: 'Correct the setting if every document should have a number.',
    },
  ),
  unreadable: logMessage(
    'warn',
    'feed {feed}: the sequence number of a document, or the name of its sequence, cannot be read; such documents are not watched for gaps, and are counted',
    {
      cause:
        'A sequence number is no whole number from 0 to 2^63 - 1, or a name of a sequence is longer than 256 characters.',
      cure: 'Correct `FEED_<NAME>_SEQUENCE_FIELD`, `_SEQUENCE_FIRST_FIELD` or `_SEQUENCE_BY`.',
    },
  ),
  too_many: logMessage(
    'warn',
    'feed {feed}: there are more sequences than FEED_{name}_MAX_SEQUENCES; such documents are not watched for gaps, and are counted',
    {
      cause: 'The sources of a feed have more sequences than the daemon may remember.',
      cure: 'Raise `FEED_<NAME>_MAX_SEQUENCES`, or choose another field for `_SEQUENCE_BY`.',
    },
  ),
}

export function unwatchedLine({ feed, why }: EventOf<'sequence.unwatched'>, messages: typeof unwatched): LogLine {
  return messages[why].line({ feed, name: feed.toUpperCase() }, { feed })
}
