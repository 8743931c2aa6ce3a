/** What can be said of any feed, whatever its kinds: `FEED_<NAME>_<SUFFIX>`, declared by suffix. */
import { choice, choices, integer } from '../../settings/formats/basic.ts'
import { path } from '../../settings/formats/fields.ts'
import { duration, limit, size } from '../../settings/formats/measures.ts'
import { patterns } from '../../settings/formats/patterns.ts'
import { fieldSettings, paths, recordsPath, renamings } from '../../settings/formats/shapes.ts'
import { topic } from '../../settings/formats/topic.ts'
import type { Settings } from '../../settings/setting.ts'
import type { Kinds } from '../kinds.ts'
import { helpOf } from './choosers.ts'
import { KAFKA, sinkChoices } from './sinks.ts'

const MIB = 1024 * 1024

/** The settings of one feed that belong to no kind. */
export const feedSettings = ({ normalisers, lanes, sinks }: Pick<Kinds, 'normalisers' | 'lanes' | 'sinks'>) =>
  ({
    SCHEMA: {
      group: 'Feeds by name',
      format: topic,
      help: 'Topic of the records, and stem of the subject (<schema>-value).',
      example: 'Ticker',
      required: true,
    },
    NORMALISE: {
      group: 'Feeds by name',
      format: choices(Object.keys(normalisers)),
      help: `Normalisers to apply, in order. ${helpOf(normalisers)}`,
      default: 'off',
      example: Object.keys(normalisers)[0] ?? 'off',
    },
    SINK: {
      group: 'Feeds by name',
      format: choice(Object.keys(sinkChoices(sinks))),
      help: `Where its records go, and its dead letters, unless KAFKA_CLIENT says so for all feeds. ${helpOf(sinkChoices(sinks))}`,
      example: KAFKA,
    },
    IGNORE: {
      group: 'Feeds by name',
      format: patterns,
      help: 'What is control and no data: counted as ignored (reason control), never refused, and no sign of life. A string is a whole message, such as pong; an object matches each document that has its fields. Of an array each element is looked at.',
      default: '[]',
      example: '[{"type":"ping"},{"event":"heartbeat"},"pong"]',
    },
    ONLY: {
      group: 'Feeds by name',
      format: patterns,
      help: 'What is data, in the form of IGNORE: documents that match none of it are control, as if IGNORE named them. Empty: all are data.',
      default: '[]',
      example: '[{"e":"trade"}]',
    },
    RECORDS: {
      group: 'Feeds by name',
      format: recordsPath,
      help: 'Where in a message its documents are: the path of an array (one each) or of an object (one); @ is the message itself; with {} at its end each entry of the object there is one, with its name as key. IGNORE and ONLY then look at the whole message. A message without that part is refused (no_records).',
      example: 'data',
    },
    RECORDS_KEEP: {
      group: 'Feeds by name',
      format: paths,
      help: 'With RECORDS: fields of the message that are copied into each document, unless it has one of that name.',
      example: 'stream,channel',
    },
    RENAME: {
      group: 'Feeds by name',
      format: renamings,
      help: 'Other names for fields, after NORMALISE: path:name. All at once; a field keeps its name where another has the new one.',
      example: '@context:context,s:symbol',
    },
    SET: {
      group: 'Feeds by name',
      format: fieldSettings,
      help: 'Fields that are set after RENAME, whether they are there or not: name:value. $received_at is the receive time (milliseconds since the epoch), $source the URL as it is shown, $uuid a random UUID.',
      example: 'venue:binance,seen:$received_at',
    },
    MAX_DOCUMENTS: {
      group: 'Feeds by name',
      format: integer(1, 100_000),
      help: 'A message that holds more documents than this (an array with more elements, say) is refused whole, as one document.',
      default: '10000',
    },
    MAX_AGE: {
      group: 'Feeds by name',
      format: limit(duration({ zero: true })),
      help: 'A document that is older when it would be produced is not, but counted as expired. Its age counts from its receive time, or from TIMESTAMP_FIELD.',
      default: 'off',
      example: '15m',
    },
    TIMESTAMP_FIELD: {
      group: 'Feeds by name',
      format: path,
      help: 'Where in the document its time is: a date and time (ISO 8601, HTTP, Go and the like), or unix time in seconds, milliseconds, microseconds or nanoseconds, as a number or text. It becomes the timestamp of the record; a document without it keeps its receive time, and is counted.',
      example: 'event_time',
    },
    LANE_MAX_BYTES: {
      group: 'Feeds by name',
      format: size(1, 1024 * 1024 * MIB),
      help: `Bytes of messages that may wait for Kafka in the lane; then the sockets are paused. ${Object.entries(lanes)
        .map(([name, { maxBytes }]) => `${name}: ${maxBytes / MIB}MiB`)
        .join(', ')}, unless set.`,
      example: '256MiB',
    },
    OVERLOAD: {
      group: 'Feeds by name',
      format: choice(['block', 'drop-oldest', 'drop-newest']),
      help: 'What happens when the lane is full. block: sockets are paused. drop-oldest: the oldest messages that are not on their way yet are given up, and counted. drop-newest: what arrives is, and counted.',
      default: 'block',
    },
  }) satisfies Settings

/** How sources count their documents. */
export const sequenceSettings = {
  SEQUENCE_FIELD: {
    group: 'Feeds by name',
    format: path,
    help: "Where in the upstream's document, before it is normalised, is a whole number (or its text) that each source counts up by one. Missing and repeated numbers are counted; missing ones become gap records too.",
    example: 'seq',
  },
  SEQUENCE_FIRST_FIELD: {
    group: 'Feeds by name',
    format: path,
    help: 'Where a document stands for several numbers: where the first of them is. SEQUENCE_FIELD has the last.',
    example: 'U',
  },
  SEQUENCE_BY: {
    group: 'Feeds by name',
    format: path,
    help: 'Where several sequences share a source: where in the document is what tells them apart, a symbol for example.',
    example: 'symbol',
  },
  MAX_SEQUENCES: {
    group: 'Feeds by name',
    format: integer(1, 1_000_000),
    help: 'How many sequences are watched, over all sources; documents of further ones are counted as not watched. Each takes some 200 bytes.',
    default: '10000',
  },
} satisfies Settings
