/** Everything that belongs neither to Kafka nor to one feed. */
import { format } from '../../settings/format.ts'
import { host } from '../../settings/formats/addresses.ts'
import { choice, choices, decimal, flag, integer, text } from '../../settings/formats/basic.ts'
import { duration, size } from '../../settings/formats/measures.ts'
import { topic } from '../../settings/formats/topic.ts'
import type { Settings } from '../../settings/setting.ts'

/** Words for log levels, Python's included → ours. */
const LEVELS: Readonly<Record<string, string>> = {
  trace: 'trace',
  notset: 'trace',
  debug: 'debug',
  info: 'info',
  warn: 'warn',
  warning: 'warn',
  error: 'error',
  fatal: 'fatal',
  critical: 'fatal',
  silent: 'silent',
}
const levels = new Map(Object.entries(LEVELS))
const logLevel = format(
  'one of trace, debug, info, warn, error, fatal, silent (or WARNING, CRITICAL, NOTSET)',
  (given) => levels.get(given.trim().toLowerCase()),
)

export const daemonSettings = {
  DIAL_RATE: {
    group: 'Dialling',
    format: decimal(0.01, 10_000),
    help: 'Dials per second and host, over all feeds. Binance, the strictest known upstream, allows an address 300 dials in five minutes: 1 never exceeds that, and the default only with more than 300 URLs of one host, or several daemons behind one address. For thousands of URLs of a host that allows it, raise it: at 1000 all of 10,000 are dialled in ten seconds.',
    default: '5',
  },
  HANDSHAKE_TIMEOUT: {
    group: 'Dialling',
    format: duration(),
    help: 'How long a WebSocket may take from the dial until it is open.',
    default: '10s',
  },
  GAPS_TOPIC: {
    group: 'Gaps',
    format: topic,
    help: 'Topic of the gap records, with the subject <topic>-value; the daemon keeps them until it takes them. Unset: tributary.gaps, where that topic and its subject exist (looked up every minute).',
    example: 'tributary.gaps',
  },
  STARTUP_TIMEOUT: {
    group: 'Start, stop and batches',
    format: duration({ zero: true }),
    help: 'If no feed can run by then, the daemon exits with 69; 0 waits for ever.',
    default: '60s',
  },
  DRAIN_TIMEOUT: {
    group: 'Start, stop and batches',
    format: duration({ zero: true }),
    help: 'How long a stop waits until Kafka has acknowledged what was received. Keep it below the grace period of your supervisor (10s in docker compose).',
    default: '8s',
  },
  MAX_IN_FLIGHT_BATCHES: {
    group: 'Start, stop and batches',
    format: integer(1, 1000),
    help: 'Batches of a feed that may be on their way to Kafka at once.',
    default: '8',
  },
  LINGER: {
    group: 'Start, stop and batches',
    format: duration({ zero: true, max: 60_000, bare: false }),
    help: "How long a partition's records gather after a recent write; an idle partition is written to at once. A bare number is refused, because elsewhere it means milliseconds.",
    default: '2ms',
  },
  RECORD_HEADERS: {
    group: 'Start, stop and batches',
    format: choices(['feed', 'source', 'received-at']),
    help: 'Headers to put on each record.',
    default: 'off',
    example: 'feed,source,received-at',
  },
  DEAD_LETTER_TOPIC: {
    group: 'Dead letters',
    format: topic,
    help: 'Topic for what is refused, which must be there: while it cannot be written to, the lanes hold. Without it the topic <schema>.dead-letter is used where it is there (looked for every minute); elsewhere what is refused is counted only.',
    example: 'dead-letters',
  },
  DEAD_LETTER_MAX_BYTES: {
    group: 'Dead letters',
    format: size(0, 256 * 1024 * 1024),
    help: 'Most bytes of a refused message that are kept; its length and SHA-256 always are. 0 keeps those only.',
    default: '1MB',
  },
  METRICS_HOST: {
    group: 'Metrics and log',
    format: host,
    help: 'Address that /metrics, /healthz, /readyz and /status are served on.',
    default: '0.0.0.0',
  },
  METRICS_PORT: {
    group: 'Metrics and log',
    format: integer(0, 65_535),
    help: 'Port for the same; 0 takes any free one.',
    default: '9000',
  },
  METRICS_MAX_URLS: {
    group: 'Metrics and log',
    format: integer(0, 100_000),
    help: 'Different values of the url label; further URLs are counted as other.',
    default: '200',
  },
  URL_PATHS: {
    group: 'Metrics and log',
    format: choice(['auto', 'show', 'hide']),
    help: 'Paths of URLs in logs, labels, pages and headers. auto: a part that looks like a token (a UUID, 16 hexadecimal digits, 12 characters of base64) is ***. show: all parts are shown. hide: none is. User info and the values of the query are never shown.',
    default: 'auto',
  },
  LOG_LEVEL: {
    group: 'Metrics and log',
    format: logLevel,
    help: 'The least important lines to log.',
    default: 'info',
  },
} satisfies Settings

/** Labels that the metrics of the replaced producer carry. */
export const labelSettings = {
  DID_PROVIDER: {
    group: 'Metric labels',
    format: text('a DID method such as did:key', /^[\x21-\x7e]{1,100}$/),
    help: 'Value of the label did_provider.',
    default: 'did:key',
  },
  SSI_VALIDATION: {
    group: 'Metric labels',
    format: flag,
    help: 'Value of the label ssi_validation.',
    default: 'true',
  },
  CACHE_DID: {
    group: 'Metric labels',
    format: flag,
    help: 'Value of the label cache_did; true whenever DID_PROVIDER begins with did:ethr.',
    default: 'false',
  },
  PROCESSING_MODE: {
    group: 'Metric labels',
    format: choice(['sync', 'async']),
    help: 'Value of the label processing_mode; async counts only together with SSI_VALIDATION.',
    default: 'sync',
  },
} satisfies Settings
