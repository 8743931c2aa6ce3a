/** Settings of a dialled WebSocket, `FEED_<NAME>_<SUFFIX>`, by suffix. */
import type { Findings } from '../settings/findings.ts'
import { format } from '../settings/format.ts'
import { webSocketUrls } from '../settings/formats/addresses.ts'
import { flag } from '../settings/formats/basic.ts'
import { headers, openMessages } from '../settings/formats/json.ts'
import { duration, limit, size } from '../settings/formats/measures.ts'
import { patterns } from '../settings/formats/patterns.ts'
import type { Asked } from '../settings/kind.ts'
import type { Settings } from '../settings/setting.ts'

const MEBIBYTE = 1024 * 1024

const fixedFormat = duration({ zero: true })
const silenceFormat = format<number | 'auto', 'Ms'>(
  `${fixedFormat.expects}, or auto`,
  (given) => (given.trim().toLowerCase() === 'auto' ? 'auto' : fixedFormat.parse(given)),
  { unit: 'Ms', schema: fixedFormat.schema },
)

export const websocketSettings = {
  URLS: {
    group: 'Feeds by name',
    format: webSocketUrls,
    help: 'WebSockets to dial, all at once. A list in a file (FEED_<NAME>_URLS_FILE) is read again at each dial.',
    example: 'wss://stream.example.org/a,wss://stream.example.org/b',
    required: true,
    secret: true,
    rereads: true,
    settle: dropRepeated,
  },
  OPEN_MESSAGES: {
    group: 'Feeds by name',
    format: openMessages,
    help: 'Text messages to send after connecting, in order: a subscription, say. A list in a file (FEED_<NAME>_OPEN_MESSAGES_FILE) is read again at each dial, so a signature stays fresh.',
    default: '[]',
    example: '[{"type":"subscribe","symbol":"AAPL"}]',
    secret: true,
    rereads: true,
  },
  HEADERS: {
    group: 'Feeds by name',
    format: headers,
    help: 'Headers of the handshake. A JSON object in a file (FEED_<NAME>_HEADERS_FILE) is read again at each dial, so a token stays fresh.',
    default: '{}',
    example: '{"Authorization":"Bearer …"}',
    secret: true,
    rereads: true,
  },
  SILENCE_TIMEOUT: {
    group: 'Feeds by name',
    format: limit(silenceFormat),
    help: 'No message but those of IGNORE for that long means a redial, counted as a timeout. auto: the limit is learned from the rhythm of each source, between 5 seconds and 10 minutes.',
    default: 'off',
    example: '5m',
  },
  ALIVE: {
    group: 'Feeds by name',
    format: patterns,
    help: 'What of IGNORE is a sign of life nevertheless, so that SILENCE_TIMEOUT counts from it.',
    default: '[]',
    example: '[{"event":"heartbeat"}]',
  },
  PING_INTERVAL: {
    group: 'Feeds by name',
    format: duration({ zero: true }),
    help: 'How often a ping is sent; a peer that does not answer is dialled again.',
    default: '20s',
  },
  MAX_MESSAGE_BYTES: {
    group: 'Feeds by name',
    format: size(1, 256 * MEBIBYTE),
    help: 'A larger message ends the connection before it is read.',
    default: '1MiB',
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
  COMPRESSION: {
    group: 'Feeds by name',
    format: flag,
    help: 'Offers permessage-deflate: less traffic, more CPU and memory.',
    default: 'off',
  },
} satisfies Settings

/** Drops repeated URLs. In a file repeated URLs are an error: the file is read again at each dial, and its n-th URL is the n-th source. */
function dropRepeated(
  urls: readonly string[],
  { called, isFile }: { readonly called: string; readonly isFile: boolean },
  findings: Findings,
): readonly string[] {
  const first = new Map<string, number>()
  return urls.filter((url, index) => {
    const { href } = new URL(url)
    const earlier = first.get(href)
    if (earlier === undefined) {
      first.set(href, index)
      return true
    }
    const twice = `lists a URL twice (items ${earlier + 1} and ${index + 1})`
    if (isFile) findings.wrong(called, `The file of ${called} ${twice}`, 'remove one of them')
    else findings.note(called, `${called} ${twice}`, 'it is dialled once')
    return false
  })
}

/** Checks that ALIVE has an IGNORE to refine, and that the largest message fits into the lane. */
export function checkWebsocket({ values, called, findings }: Asked<typeof websocketSettings>): void {
  const { ALIVE, MAX_MESSAGE_BYTES, IGNORE, LANE_MAX_BYTES } = values
  if (ALIVE.length > 0 && Array.isArray(IGNORE) && IGNORE.length === 0) {
    const problem = `${called('ALIVE')} has no effect: it says what of ${called('IGNORE')} is a sign of life, and that is not set`
    findings.ineffective(called('ALIVE'), problem, 'set both, or remove it')
  }
  if (typeof LANE_MAX_BYTES === 'number' && LANE_MAX_BYTES < MAX_MESSAGE_BYTES) {
    const [lane, message] = [called('LANE_MAX_BYTES'), called('MAX_MESSAGE_BYTES')]
    const least = `must be at least ${message} (${MAX_MESSAGE_BYTES} bytes), or a message could not enter the lane`
    findings.wrong(lane, `${lane} ${least}`)
  }
}
