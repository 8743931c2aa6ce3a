/** Who is measured: the daemon with each of its Kafka clients, and a program that sends each message by itself. */
import { join } from 'node:path'
import { wholeNumber } from '../lib/cli.ts'
import { EXIT, Failure } from '../lib/failure.ts'
import { binOf } from './build.ts'
import { KEY } from './topic.ts'

/** Where a round takes place. */
export interface Place {
  readonly bootstrapServers: string
  readonly registryUrl: string
  readonly topic: string
  readonly urls: readonly string[]
}

/** A program that dials `urls` and writes to `topic`. */
export interface Contender {
  readonly name: string
  /** The daemon must keep the order; of the rival it is only told. */
  readonly keepsOrder: boolean
  readonly args: readonly string[]
  env(place: Place): Readonly<Record<string, string>>
}

/** The rival's name. */
export const PER_MESSAGE = 'per-message'
const CLIENTS = ['platformatic', 'kafkajs']
/** Sends of the rival that wait for their answer: fewer are no faster. */
const IN_FLIGHT = 1_000

/** What may be named. */
export const CONTENDERS = [...CLIENTS, PER_MESSAGE]

/**
 * The contender `name`: `platformatic`, `kafkajs` or `per-message`. Behind an `@` may stand another build of the daemon
 * (see `binOf`), or how many sends of `per-message` may wait for their answer. Throws `Failure` for anything else.
 */
export async function contender(name: string, settings: Readonly<Record<string, string>> = {}): Promise<Contender> {
  const [client = '', build] = name.split(/@(.*)/s)
  if (client === PER_MESSAGE) return rival(name, wholeNumber(PER_MESSAGE, build ?? String(IN_FLIGHT), 1))
  if (!CLIENTS.includes(client)) {
    throw new Failure(`there is no contender ${name}`, {
      cure: `Choose among ${CONTENDERS.join(', ')}; a client may be followed by @ and a commit.`,
      code: EXIT.configuration,
    })
  }
  const bin = await binOf(build)
  return {
    name,
    keepsOrder: true,
    args: [bin],
    env: ({ bootstrapServers, registryUrl, topic, urls }) => ({
      BOOTSTRAP_SERVERS: bootstrapServers,
      SCHEMA_REGISTRY_URL: registryUrl,
      KAFKA_CLIENT: client,
      FEED_BENCH_URLS: urls.join(','),
      FEED_BENCH_SCHEMA: topic,
      FEED_BENCH_KEY: KEY,
      METRICS_HOST: '127.0.0.1',
      METRICS_PORT: '0',
      ...settings,
    }),
  }
}

function rival(name: string, inFlight: number): Contender {
  return {
    name,
    keepsOrder: false,
    args: [join(import.meta.dirname, 'per-message.ts')],
    env: ({ bootstrapServers, registryUrl, topic, urls }) => ({
      BOOTSTRAP_SERVERS: bootstrapServers,
      SCHEMA_REGISTRY_URL: registryUrl,
      TOPIC: topic,
      KEY,
      URLS: urls.join(','),
      IN_FLIGHT: String(inFlight),
    }),
  }
}
