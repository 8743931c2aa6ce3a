/** `npm run initialise`: topics and subjects for every schema, for a cluster that has none yet. */
import { resolve } from 'node:path'
import { type Flag, parseCli, type Usage, wholeNumber } from '../lib/cli.ts'
import { EXIT, Failure, runScript } from '../lib/failure.ts'
import { serveHealth } from './health.ts'
import { initialise, OWN_SCHEMAS } from './initialise.ts'
import { secureKafka } from './kafka.ts'

const usage = {
  command: 'npm run initialise --',
  summary: `Creates a Kafka topic for every schemas/<name>.avsc and registers the file as <name>-value.
Beside each topic it creates <name>.dead-letter, for what the daemon has to refuse; and the topics that DEAD_LETTER_TOPIC
and GAPS_TOPIC name, where these are set. Safe to run again: what exists stays as it is.
A file <name>.references.json beside it lists the schemas it refers to: [{"name", "subject", "version"}].
KAFKA_SECURITY_PROTOCOL, KAFKA_SASL_… and KAFKA_SSL_… are understood as the daemon does.`,
  flags: {
    'bootstrap-servers': { type: 'string', value: 'HOST:PORT,…', env: 'BOOTSTRAP_SERVERS', help: 'Kafka' },
    'registry-url': {
      type: 'string',
      value: 'URL',
      env: 'SCHEMA_REGISTRY_URL',
      help: 'The Confluent-compatible registry',
    },
    dir: { type: 'string', value: 'FOLDER', help: 'Where the schemas are; by default those that come with Tributary' },
    'gaps-topic': {
      type: 'string',
      value: 'TOPIC',
      env: 'GAPS_TOPIC',
      help: 'Topic and stem of the subject for tributary.gaps.avsc, as the daemon has it',
    },
    partitions: { type: 'string', value: 'N', default: '1', help: 'Partitions of a new topic' },
    replication: { type: 'string', value: 'N', default: '1', help: 'Replicas of a new topic' },
    'dead-letter-partitions': {
      type: 'string',
      value: 'N',
      default: '1',
      help: 'Partitions of a new dead-letter topic',
    },
    'dead-letter-days': {
      type: 'string',
      value: 'N',
      default: '14',
      help: 'Days that a new dead-letter topic keeps them',
    },
    'no-dead-letters': { type: 'boolean', help: 'Create no topic for dead letters' },
    timeout: { type: 'string', value: 'SECONDS', default: '120', help: 'How long to wait for Kafka and the registry' },
    stay: { type: 'boolean', help: 'Stay up afterwards and answer /health until SIGTERM or SIGINT' },
    'health-host': { type: 'string', value: 'HOST', default: '127.0.0.1', help: 'Where --stay listens' },
    'health-port': { type: 'string', value: 'PORT', default: '8080', help: 'Port of --stay; 0 for a free one' },
  },
  examples: [
    'npm run initialise -- --bootstrap-servers 127.0.0.1:9092 --registry-url http://127.0.0.1:8081/apis/ccompat/v7',
    'BOOTSTRAP_SERVERS=kafka:29092 SCHEMA_REGISTRY_URL=http://schema-registry:8081 node scripts/initialise/main.ts --stay',
  ],
} as const satisfies Usage<Record<string, Flag>>

async function main(): Promise<number> {
  const { values } = parseCli(usage)
  type Count = 'partitions' | 'replication' | 'timeout' | 'dead-letter-partitions' | 'dead-letter-days'
  const number = (name: Count, min: number): number => wholeNumber(name, values[name], min, 32_767)
  const bootstrapServers = required(
    values['bootstrap-servers'] ?? process.env.KAFKA_BOOTSTRAP_SERVERS,
    'BOOTSTRAP_SERVERS',
    'bootstrap-servers',
  )
  const deadLetters = { partitions: number('dead-letter-partitions', 1), days: number('dead-letter-days', 1) }
  const options = {
    bootstrapServers,
    kafka: secureKafka(bootstrapServers, process.env),
    registryUrl: required(values['registry-url'], 'SCHEMA_REGISTRY_URL', 'registry-url'),
    folder: values.dir === undefined ? OWN_SCHEMAS : resolve(values.dir),
    gapsTopic: values['gaps-topic'],
    partitions: number('partitions', 1),
    replication: number('replication', 1),
    deadLetters: values['no-dead-letters'] ? undefined : deadLetters,
    deadLetterTopic: process.env.DEAD_LETTER_TOPIC?.trim() || undefined,
    timeoutMs: number('timeout', 1) * 1_000,
    say: (line: string) => void process.stdout.write(`${line}\n`),
  }
  const stopped = stopSignal()
  if (!values.stay) return Promise.race([initialise(options).then(() => 0), stopped])
  const port = wholeNumber('health-port', values['health-port'], 0, 65_535)
  const health = await serveHealth(values['health-host'], port)
  options.say(`health check on http://${values['health-host']}:${health.port}/health`)
  const work = initialise(options).then(async () => {
    health.done()
    options.say('done; staying until SIGTERM')
    await stopped
    return 0
  })
  return Promise.race([work, stopped.then((code) => (health.isDone ? 0 : code))]).finally(health.close)
}

/** Resolves to 128 + n at the first signal. Asked for, because process 1 of a container has no default for signals. */
function stopSignal(): Promise<number> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve(143))
    process.once('SIGINT', () => resolve(130))
  })
}

function required(value: string | undefined, variable: string, flag: string): string {
  if (value) return value
  throw new Failure(`${variable} is not set`, { cure: `Set it, or give --${flag}.`, code: EXIT.configuration })
}

runScript('initialise', main)
