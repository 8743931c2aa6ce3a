/** What the configuration says, checked and in final form. Durations are milliseconds, sizes are bytes. */
import type { Problem } from '../errors.ts'
import type { Secrets } from '../lib/secrets/index.ts'
import type { GivenNames } from '../lib/setting-names.ts'
import type { SettingsOf } from '../settings/kind.ts'
import type { PossibleValues } from '../settings/setting.ts'
import type { Kinds } from './kinds.ts'
import type { Chosen } from './tables/choosers.ts'
import type { daemonSettings } from './tables/daemon.ts'
import type { feedSettings } from './tables/feed.ts'

type HouseFeedSettings = ReturnType<typeof feedSettings>

/** Not wrong, but worth a line at the start. */
export interface Warning extends Problem {
  /** It is configured, and changes nothing. */
  readonly isIneffective: boolean
}

/** What is known of a feed beside the values of its settings. */
interface FeedOwn {
  /** Lower case, `[a-z0-9_]`: the label value of every metric of this feed. */
  readonly name: string
  /** What the operator calls its settings, by suffix. */
  readonly names: GivenNames
  /** From dial to open. */
  readonly handshakeTimeoutMs: number
  /** Where in a document its numbers are, if sources count them. */
  readonly sequence: SequenceConfig | undefined
  readonly laneMaxBytes: number
}

type FeedSettingsOf<K extends Kinds> = SettingsOf<K['sources']> &
  SettingsOf<K['parsers']> &
  SettingsOf<K['normalisers']> &
  SettingsOf<K['routers']> &
  SettingsOf<K['encoders']>

type HouseValues = Omit<PossibleValues<HouseFeedSettings>, 'laneMaxBytes' | 'schema' | 'sink'> & {
  /** Name of the sink registry. */
  readonly sink: string
  /** Topic, and stem of the subject `<schema>-value`. */
  readonly schema: string
}

/**
 * One configured stream: a value for each setting of the house and of the kinds, by property (`SILENCE_TIMEOUT` is `silenceTimeoutMs`), and the
 * names of its kinds. What belongs to a kind that the feed does not use has its default, or is undefined. URLs may hold secrets.
 */
export type FeedConfigOf<K extends Kinds> = FeedOwn & Chosen & HouseValues & PossibleValues<FeedSettingsOf<K>>

/** How sources count their documents: paths of fields. */
export interface SequenceConfig {
  /** The number, or the last of several. */
  readonly last: readonly string[]
  /** The first of several. */
  readonly first: readonly string[] | undefined
  /** What tells the sequences of a source apart. */
  readonly by: readonly string[] | undefined
  /** Most sequences that are watched. */
  readonly most: number
}

/** SASL as the Kafka clients need it. Credentials are changed in place when they are renewed: read them for each connection. */
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

/** TLS material, read from the files (PEM). An absent `ca` means the system's trust store. Changed in place when it is renewed: read it for each connection. */
export interface TlsConfig {
  readonly ca: string | undefined
  readonly cert: string | undefined
  readonly key: string | undefined
}

export interface KafkaConfig {
  /** What the operator calls these settings. */
  readonly names?: GivenNames | undefined
  readonly brokers: readonly string[]
  readonly clientId: string
  readonly tls: TlsConfig | undefined
  readonly sasl: SaslConfig | undefined
  readonly requestTimeoutMs: number
  readonly connectTimeoutMs: number
  readonly compression: 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd'
}

/** Its credentials and `ca` are changed in place when they are renewed: read them for each request. */
export interface RegistryConfig {
  /** What the operator calls these settings. */
  readonly names?: GivenNames | undefined
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

interface ConfigOwn {
  /** Name of the sink registry: where feeds write that do not say otherwise. */
  readonly sink: string
  /** That of gap records, which come from all feeds: the feeds' own, where they have the same. */
  readonly gapSink: string
  readonly kafka: KafkaConfig
  /** Without a URL where nothing needs it. */
  readonly registry: RegistryConfig
  readonly lane: LaneConfig
  readonly labels: CommonLabels
  /** What must not be shown, wherever it comes back. */
  readonly secrets: Secrets
  /** What the operator calls the settings that belong to none of its parts. */
  readonly names: GivenNames
  readonly warnings: readonly Warning[]
}

type DaemonValues = PossibleValues<typeof daemonSettings>

/** The whole configuration: a value for each setting of the daemon and of the kinds that feeds share, by property, and what was put together of others. */
export type ConfigOf<K extends Kinds> = ConfigOwn &
  DaemonValues &
  PossibleValues<SettingsOf<K['lanes']>> &
  PossibleValues<SettingsOf<K['sinks']>> & { readonly feeds: readonly FeedConfigOf<K>[] }
