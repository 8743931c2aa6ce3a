/** The initialiser's way to Kafka: encrypted and authenticated by the daemon's own variables. */
import type { Kafka, KafkaConfig } from 'kafkajs'
import { readKafkaConfig } from '../../app/config/index.ts'
import { ConfigError } from '../../app/errors.ts'
import { kinds } from '../../app/kinds.ts'
import { kafkajsSasl } from '../../app/produce/kafkajs-sasl.ts'
import { nodeTls } from '../../app/produce/tls.ts'
import { EXIT, Failure } from '../lib/failure.ts'
import { quietKafka } from '../lib/kafka-admin.ts'

/** Makes a client; `more` wins over what the scripts use. */
export type ConnectKafka = (more?: Partial<KafkaConfig>) => Kafka

/** Clients for `bootstrapServers` with the KAFKA_SECURITY_PROTOCOL, KAFKA_SASL_… and KAFKA_SSL_… of `env`. Throws `Failure` with what is wrong with them. */
export function secureKafka(bootstrapServers: string, env: NodeJS.ProcessEnv): ConnectKafka {
  try {
    const { tls, sasl, requestTimeoutMs } = readKafkaConfig({ env }, kinds)
    const security = {
      ...(tls && { ssl: nodeTls(tls) }),
      ...(sasl && { sasl: kafkajsSasl(sasl, tls, requestTimeoutMs) }),
    }
    return (more = {}) => quietKafka(bootstrapServers, { ...security, ...more })
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    throw new Failure(error.problems.join(' '), {
      cure: 'These are the variables of the daemon: see docs/settings.md.',
      code: EXIT.configuration,
    })
  }
}
