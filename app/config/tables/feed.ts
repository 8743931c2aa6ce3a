/** What can be said of a feed: `FEED_<NAME>_<SUFFIX>`, declared by suffix. */

import { webSocketUrls } from '../formats/addresses.ts'
import { choice, choices, flag, integer, text } from '../formats/basic.ts'
import { format } from '../formats/format.ts'
import { headers, openMessages } from '../formats/json.ts'
import { duration, size } from '../formats/measures.ts'
import { patterns } from '../formats/patterns.ts'
import { topic } from '../formats/topic.ts'
import type { Choices, Settings } from '../setting.ts'

const MIB = 1024 * 1024

const path = format('a dotted path of field names, such as device_id or sensor.id', (given) => {
  const names = given.trim().split('.')
  return names.every((name) => name !== '') ? names : undefined
})

const fixedSilence = duration({ zero: true })
const silence = format<number | 'auto'>(`${fixedSilence.expects}, or auto`, (given) =>
  given.trim().toLowerCase() === 'auto' ? 'auto' : fixedSilence.parse(given),
)

/** The settings of one feed, by suffix. The values of a preset feed's own variables are read by the same formats. */
export const feedSettings = ({ normalisers, lanes }: Choices) =>
  ({
    URLS: {
      group: 'Feeds by name',
      format: webSocketUrls,
      help: 'WebSockets to dial, all at once. A list in a file (FEED_<NAME>_URLS_FILE) is read again at each dial.',
      example: 'wss://stream.example.org/a,wss://stream.example.org/b',
      required: true,
      secret: true,
    },
    SCHEMA: {
      group: 'Feeds by name',
      format: topic,
      help: 'Topic of the records, and stem of the subject (<schema>-value).',
      example: 'Ticker',
      required: true,
    },
    KEY: {
      group: 'Feeds by name',
      format: text('a constant'),
      help: 'Key of every record. Without KEY and KEY_FIELD records have no key, and the source chooses the partition.',
      example: 'ticker',
    },
    KEY_FIELD: {
      group: 'Feeds by name',
      format: path,
      help: 'Where in the document the key is; a document without it is refused (no_key). Not together with KEY.',
      example: 'symbol',
    },
    NORMALISE: {
      group: 'Feeds by name',
      format: choices(Object.keys(normalisers)),
      help: `Normalisers to apply, in order. ${Object.entries(normalisers)
        .map(([name, { help }]) => `${name}: ${/[.!?]$/.test(help) ? help : `${help}.`}`)
        .join(' ')}`,
      default: 'off',
      example: Object.keys(normalisers)[0] ?? 'off',
    },
    OPEN_MESSAGES: {
      group: 'Feeds by name',
      format: openMessages,
      help: 'Text messages to send after connecting, in order: a subscription, say. A list in a file (FEED_<NAME>_OPEN_MESSAGES_FILE) is read again at each dial, so a signature stays fresh.',
      default: '[]',
      example: '[{"type":"subscribe","symbol":"AAPL"}]',
      secret: true,
    },
    HEADERS: {
      group: 'Feeds by name',
      format: headers,
      help: 'Headers of the handshake. A JSON object in a file (FEED_<NAME>_HEADERS_FILE) is read again at each dial, so a token stays fresh.',
      default: '{}',
      example: '{"Authorization":"Bearer …"}',
      secret: true,
    },
    SILENCE_TIMEOUT: {
      group: 'Feeds by name',
      format: silence,
      help: 'No message but those of IGNORE for that long means a redial, counted as a timeout. auto: the limit is learned from the rhythm of each source, between 5 seconds and 10 minutes.',
      default: 'off',
      example: '5m',
    },
    IGNORE: {
      group: 'Feeds by name',
      format: patterns,
      help: 'What is control and no data: counted as ignored (reason control), never refused, and no sign of life. A string is a whole message, such as pong; an object matches each document that has its fields. Of an array each element is looked at.',
      default: '[]',
      example: '[{"type":"ping"},{"event":"heartbeat"},"pong"]',
    },
    ALIVE: {
      group: 'Feeds by name',
      format: patterns,
      help: 'What of IGNORE is a sign of life nevertheless, so that SILENCE_TIMEOUT counts from it.',
      default: '[]',
      example: '[{"event":"heartbeat"}]',
    },
    SEQUENCE_FIELD: {
      group: 'Feeds by name',
      format: path,
      help: "Where in the upstream's document, before it is normalised, is a whole number that each source counts up by one. Missing and repeated numbers are counted; missing ones become gap records too.",
      example: 'seq',
    },
    PING_INTERVAL: {
      group: 'Feeds by name',
      format: duration({ zero: true }),
      help: 'How often a ping is sent; a peer that does not answer is dialled again.',
      default: '20s',
    },
    MAX_MESSAGE_BYTES: {
      group: 'Feeds by name',
      format: size(1, 256 * MIB),
      help: 'A larger message ends the connection before it is read.',
      default: '1MiB',
    },
    MAX_DOCUMENTS: {
      group: 'Feeds by name',
      format: integer(1, 100_000),
      help: 'A message that holds more documents than this (an array with more elements, say) is refused whole, as one document.',
      default: '10000',
    },
    BACKOFF_MAX: {
      group: 'Feeds by name',
      format: duration(),
      help: 'Longest wait between two dials of a source that did not refuse us. The wait doubles from one second with each dial, and each is a random part of it.',
      default: '60s',
    },
    BACKOFF_SLOW: {
      group: 'Feeds by name',
      format: duration(),
      help: 'Wait before the next dial of a source that refused us (status 401 or 403, close code 1008 or 4xxx) without having been open for STABLE_AFTER: half to all of it.',
      default: '5m',
    },
    STABLE_AFTER: {
      group: 'Feeds by name',
      format: duration(),
      help: 'A connection that was open for so long was a good one: whatever ends it, the next dial is quick, and the back-off starts anew.',
      default: '60s',
    },
    MAX_AGE: {
      group: 'Feeds by name',
      format: duration({ zero: true }),
      help: 'A document that is older when it would be produced is not, but counted as expired. Its age counts from its receive time, or from TIMESTAMP_FIELD.',
      default: 'off',
      example: '15m',
    },
    TIMESTAMP_FIELD: {
      group: 'Feeds by name',
      format: path,
      help: 'Where in the document its time is (ISO 8601, or unix seconds or milliseconds). It becomes the timestamp of the record; a document without it keeps its receive time.',
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
    COMPRESSION: {
      group: 'Feeds by name',
      format: flag,
      help: 'Offers permessage-deflate: less traffic, more CPU and memory.',
      default: 'off',
    },
  }) satisfies Settings

export type FeedSettings = ReturnType<typeof feedSettings>
export type Suffix = keyof FeedSettings
