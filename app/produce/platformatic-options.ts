/** How to reach Kafka, in the words of @platformatic/kafka. */
import { isIP } from 'node:net'
import type { SinkOptions } from './options.ts'
import { platformaticSasl } from './platformatic-sasl.ts'
import { nodeTls } from './tls.ts'

/** Requests on one connection at a time: enough that partitions of a broker never wait for each other. */
const MAX_IN_FLIGHT = 100_000

/** Options of all its clients. Throws `ConfigError` for TLS material that cannot be used. */
export function baseOptions({ brokers, clientId, tls, sasl, requestTimeoutMs, connectTimeoutMs }: SinkOptions) {
  return {
    clientId,
    bootstrapBrokers: [...brokers],
    strict: true,
    retries: false,
    autocreateTopics: false,
    maxInflights: MAX_IN_FLIGHT,
    // Never refreshed behind our back: `send` finds what `#current` has just checked.
    metadataMaxAge: Number.MAX_SAFE_INTEGER,
    connectTimeout: connectTimeoutMs,
    requestTimeout: requestTimeoutMs,
    // What the broker may take to replicate.
    timeout: requestTimeoutMs,
    ...(tls && {
      tls: nodeTls(tls),
      tlsServerName: !brokers.some((broker) => isIP(broker.replace(/:\d+$|[[\]]/g, ''))),
    }),
    ...(sasl && { sasl: platformaticSasl(sasl, tls, requestTimeoutMs) }),
  }
}
