/** What an operator can do about a topic that cannot be written to, by what is in the way. */
import { Unavailable, type UnavailableReason } from '../errors.ts'

type Cure = (topic: string, brokers: string) => string

const unreachable: Cure = (_topic, brokers) =>
  `check BOOTSTRAP_SERVERS (${brokers}), KAFKA_SECURITY_PROTOCOL, and that Kafka runs and can be reached from here`

const CURES: Partial<Record<UnavailableReason, Cure>> = {
  connect: unreachable,
  timeout: unreachable,
  no_topic: (topic) => `create topic ${topic}, or correct the feed's schema name`,
  authentication: () => 'check KAFKA_SECURITY_PROTOCOL, KAFKA_SASL_… and KAFKA_SSL_…',
  authorization: (topic) => `let this user describe and write topic ${topic}`,
}

/** The same error, its message ending with what to do about `topic`; `brokers` are the addresses as configured. Other errors are answered as they are. */
export function withCure(error: unknown, topic: string, brokers: readonly string[]): unknown {
  const cure = error instanceof Unavailable ? CURES[error.reason] : undefined
  if (!cure) return error
  const { reason, message, settled } = error as Unavailable
  return new Unavailable(reason, `${message}; ${cure(topic, brokers.join(','))}`, { settled, cause: error })
}
