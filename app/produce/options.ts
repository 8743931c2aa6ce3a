/** What every sink is opened with. Secrets are in it: never log it. */
import type { Emit } from '../events.ts'
import type { Sink } from '../model.ts'

/** SASL as the Kafka clients need it. */
export type SaslOptions =
  | {
      readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512'
      readonly username: string
      readonly password: string
    }
  | OauthOptions

/** Tokens come from the endpoint's client-credentials grant. */
export interface OauthOptions {
  readonly mechanism: 'OAUTHBEARER'
  readonly tokenEndpointUrl: string
  readonly clientId: string
  readonly clientSecret: string
}

/** TLS material as PEM text. An absent `ca` means the system's trust store. */
export interface TlsOptions {
  readonly ca: string | undefined
  readonly cert: string | undefined
  readonly key: string | undefined
}

/** How to reach Kafka. `brokers` are `host:port`; times are milliseconds. */
export interface SinkOptions {
  readonly brokers: readonly string[]
  readonly clientId: string
  readonly tls: TlsOptions | undefined
  readonly sasl: SaslOptions | undefined
  readonly requestTimeoutMs: number
  readonly connectTimeoutMs: number
}

/** Opens a sink without connecting: the first call does. Throws `ConfigError` for TLS material that cannot be used. */
export type OpenSink = (options: SinkOptions, emit: Emit) => Sink
