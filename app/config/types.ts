/** What the configuration says, checked and in final form. Durations are milliseconds, sizes are bytes. */

import type { Secrets } from '../lib/secrets/index.ts'
import type { GivenNames } from '../lib/setting-names.ts'
import type { Pattern } from '../lib/subset.ts'

/** How a feed's records get their key. `source`: no key, partition by hash of the source. */
export type KeyRule =
  | { readonly kind: 'constant'; readonly value: string }
  | { readonly kind: 'field'; readonly path: readonly string[] }
  | { readonly kind: 'source' }

/** One configured stream. */
export interface FeedConfig {
  /** Lower case, `[a-z0-9_]`: the label value of every metric of this feed. */
  readonly name: string
  /** What the operator calls its settings, by suffix. */
  readonly names: GivenNames
  /** As configured at start; may hold secrets in user info and query. */
  readonly urls: readonly string[]
  /** Read again at each dial: the n-th URL of the file is the n-th source. */
  readonly urlsFile: string | undefined
  /** Topic, and stem of the subject `<schema>-value`. */
  readonly schema: string
  readonly key: KeyRule
  /** Names of the normaliser registry, applied in order. */
  readonly normalise: readonly string[]
  /** Text messages sent after connecting, in order. */
  readonly openMessages: readonly string[]
  /** JSON array, read again at each dial; replaces `openMessages`. */
  readonly openMessagesFile: string | undefined
  readonly headers: Readonly<Record<string, string>>
  /** JSON object, read again at each dial; wins over `headers`. */
  readonly headersFile: string | undefined
  /** From dial to open. */
  readonly handshakeTimeoutMs: number
  /** `auto`: learned from each source. */
  readonly silenceTimeoutMs: number | 'auto' | undefined
  /** What is control: counted as ignored, and no sign of life. */
  readonly ignore: readonly Pattern[]
  /** What of it is a sign of life nevertheless. */
  readonly alive: readonly Pattern[]
  /** Where in a document its number is, if sources count them. */
  readonly sequenceField: readonly string[] | undefined
  /** 0 = no pings. */
  readonly pingIntervalMs: number
  readonly maxMessageBytes: number
  /** A message with more documents is refused whole. */
  readonly maxDocuments: number
  readonly backoffMaxMs: number
  /** After a refusal without a good connection before. */
  readonly backoffSlowMs: number
  /** A connection open for so long was a good one. */
  readonly stableAfterMs: number
  /** permessage-deflate. */
  readonly compression: boolean
  readonly laneMaxBytes: number
  readonly overload: 'block' | 'drop-oldest' | 'drop-newest'
  /** From the document's time on; undefined = for ever. */
  readonly maxAgeMs: number | undefined
  /** Where the document's own time is. */
  readonly timestampField: readonly string[] | undefined
}

/** SASL as the Kafka clients need it. */
export type SaslConfig =
  | {
      readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512'
      readonly username: string
      readonly password: string
    }
  | OauthConfig

/** Tokens come from the endpoint's client-credentials grant. */
export interface OauthConfig {
  readonly mechanism: 'OAUTHBEARER'
  readonly tokenEndpointUrl: string
  readonly clientId: string
  readonly clientSecret: string
}

/** TLS material, read from the files at start (PEM). An absent `ca` means the system's trust store. */
export interface TlsConfig {
  readonly ca: string | undefined
  readonly cert: string | undefined
  readonly key: string | undefined
}

export interface KafkaConfig {
  readonly brokers: readonly string[]
  readonly clientId: string
  readonly tls: TlsConfig | undefined
  readonly sasl: SaslConfig | undefined
  readonly requestTimeoutMs: number
  readonly connectTimeoutMs: number
  readonly compression: 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd'
}

export interface RegistryConfig {
  /** Base URL without user info; a path is kept (`/apis/ccompat/v7`). */
  readonly url: string
  readonly basicAuth: string | undefined
  readonly bearerToken: string | undefined
  readonly ca: string | undefined
  readonly timeoutMs: number
  readonly refreshMs: number
}

/** The four labels that the nine metrics of the replaced producer carry. */
export interface CommonLabels {
  readonly did_provider: string
  readonly ssi_validation: 'true' | 'false'
  readonly cache_did: 'true' | 'false'
  readonly processing_mode: string
}

/** Where messages wait for Kafka. */
export interface LaneConfig {
  /** Name of the lane registry. */
  readonly kind: string
  /** Undefined when this kind needs none. */
  readonly directory: string | undefined
  readonly sync: 'flush' | 'commit'
}

/** Where refused documents go. */
export interface DeadLetterConfig {
  /** A topic that must be there; undefined: each schema's own where it is there. */
  readonly topic: string | undefined
  /** Most bytes of a message that are kept. */
  readonly maxBytes: number
}

export interface Config {
  readonly feeds: readonly FeedConfig[]
  /** Name of the sink registry: `platformatic`, `kafkajs`, `stdout`. */
  readonly sink: string
  readonly kafka: KafkaConfig
  readonly registry: RegistryConfig
  readonly lane: LaneConfig
  readonly labels: CommonLabels
  readonly metricsHost: string
  readonly metricsPort: number
  readonly metricsMaxUrls: number
  readonly logLevel: string
  /** Milliseconds a partition's records gather while its last write is recent. */
  readonly lingerMs: number
  /** Dials per second and host. */
  readonly dialRate: number
  readonly recordHeaders: readonly ('feed' | 'source' | 'received-at')[]
  readonly deadLetters: DeadLetterConfig
  /** Undefined: the usual one, where it exists. */
  readonly gapsTopic: string | undefined
  readonly startupTimeoutMs: number
  readonly drainTimeoutMs: number
  readonly maxInFlightBatches: number
  /** What must not be shown, wherever it comes back. */
  readonly secrets: Secrets
  /** Not wrong, but worth a line at start (a URL listed twice, say). */
  readonly warnings: readonly string[]
}
