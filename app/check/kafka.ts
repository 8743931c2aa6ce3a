/** Is Kafka there, and are the topics? */
import type { Config } from '../config/types.ts'
import { Unavailable, type UnavailableReason } from '../errors.ts'
import { Clock } from '../lib/clock.ts'
import type { Scope } from '../lib/scope.ts'
import type { Sink } from '../model.ts'
import { sinks } from '../produce/index.ts'
import { bySchema } from '../route/by-schema.ts'
import { collapsed } from './collapse.ts'
import type { Finding, Group } from './finding.ts'

/** Nobody wants to wait for a check as long as a daemon waits, in milliseconds. */
const PATIENCE = { connectTimeoutMs: 5_000, requestTimeoutMs: 8_000 }

const ADDRESS = 'check BOOTSTRAP_SERVERS, that the brokers run, and KAFKA_SECURITY_PROTOCOL if they want TLS or SASL'
const CURES: Partial<Record<UnavailableReason, string>> = {
  connect: ADDRESS,
  timeout: ADDRESS,
  authentication: 'check KAFKA_SECURITY_PROTOCOL, KAFKA_SASL_… and KAFKA_SSL_…',
  authorization: 'let this user describe the topic and write to it (ACLs Describe and Write)',
  no_topic: "create the topic, or correct the feed's schema name (or GAPS_TOPIC)",
}

/** Asks for every topic at once. Throws `ConfigError` as opening the sink does. */
export async function checkKafka(config: Config, scope: Scope): Promise<Group> {
  const gapsTopic = config.gapsTopic === undefined ? [] : [config.gapsTopic]
  const topics = [...new Set([...config.feeds.flatMap((feed) => bySchema(feed).topics), ...gapsTopic])]
  const kind = sinks[config.sink as keyof typeof sinks]
  if ('offline' in kind) return noKafka(config.sink)
  const open = await kind.load()
  const sink = scope.use(
    open(patient(config.kafka), () => {}, new Clock()),
    (it) => it.close(),
  )
  const findings = Promise.all(topics.map((topic) => describe(sink, topic)))
  return {
    title: `Kafka at ${config.kafka.brokers.join(', ')}`,
    findings: findings.then((all) => collapsed(all, 'every topic')),
  }
}

function patient(kafka: Config['kafka']): Config['kafka'] {
  return {
    ...kafka,
    connectTimeoutMs: Math.min(kafka.connectTimeoutMs, PATIENCE.connectTimeoutMs),
    requestTimeoutMs: Math.min(kafka.requestTimeoutMs, PATIENCE.requestTimeoutMs),
  }
}

function noKafka(sink: string): Group {
  const finding: Finding = { label: '', verdict: 'note', detail: `KAFKA_CLIENT is ${sink}: nothing is produced` }
  return { title: 'Kafka', findings: Promise.resolve([finding]) }
}

async function describe(sink: Sink, label: string): Promise<Finding> {
  try {
    const { partitions, maxMessageBytes } = await sink.describe(label)
    const size = `batches of up to ${maxMessageBytes.toLocaleString('en-US')} bytes`
    return { label, verdict: 'ok', detail: `${partitions} partition${partitions === 1 ? '' : 's'}, ${size}` }
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error
    const cure = CURES[error.reason] ?? "see the broker's log"
    return { label, verdict: 'wrong', detail: error.message, cure }
  }
}
