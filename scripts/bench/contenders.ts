/** Who is measured: the daemon with each of its Kafka clients and lanes, and two programs without it. */
import { join } from 'node:path'
import { wholeNumber } from '../lib/cli.ts'
import { EXIT, Failure } from '../lib/failure.ts'
import { nodeOptions } from '../lib/node-options.ts'
import { binOf } from './build.ts'
import { pythonWithPackages } from './python.ts'
import type { Shape } from './shapes/shape.ts'

/** Where a round takes place. */
export interface Place {
  readonly bootstrapServers: string
  readonly registryUrl: string
  readonly topic: string
  readonly shape: Shape
  /** Null: the source chooses the partition. */
  readonly key: string | null
  /** A file with one URL per line. */
  readonly urlsFile: string
  /** An empty folder on the disk or in memory, as the contender's lane wants it. */
  readonly laneDir: string
  /** Where the daemon shall tell its metrics; 0: anywhere. */
  readonly metricsPort: number
}

/** Where the daemon's messages wait. `tmpfs`: the lane on disk, on a disk in memory. */
export type Lane = 'memory' | 'disk' | 'tmpfs'

/** A program that dials the URLs and writes to `topic`. */
export interface Contender {
  readonly name: string
  /** The daemon must keep the order; of the rivals it is only told. */
  readonly keepsOrder: boolean
  /** It tells its metrics. */
  readonly isDaemon: boolean
  readonly lane: Lane
  /** It gets this part of the messages: a slow one takes long enough with fewer. */
  readonly part: number
  /** Node when absent. */
  readonly command?: string
  readonly args: readonly string[]
  env(place: Place): Readonly<Record<string, string>>
}

/** The rivals' names. */
export const PER_MESSAGE = 'per-message'
export const PYTHON = 'python'
const CLIENTS = ['platformatic', 'kafkajs']
const LANES: readonly Lane[] = ['memory', 'disk', 'tmpfs']
/** Sends of the rival that wait for their answer: fewer are no faster. */
const IN_FLIGHT = 1_000
/** Dials per second: the start is not measured. */
const DIAL_RATE = '10000'

/** What may be named. */
export const CONTENDERS = [...CLIENTS, ...CLIENTS.map((client) => `${client}:disk`), PYTHON, PER_MESSAGE]

/**
 * The contender `name`: a Kafka client of the daemon, behind `:` a lane (memory without it), behind each `+` a
 * setting of its own (`NAME=VALUE`), behind `@` another build of the daemon (see `binOf`); or `python`; or `per-message`, behind `@` how many sends may wait for their answer. Throws
 * `Failure` for anything else, and where Python cannot be used.
 */
export async function contender(name: string, settings: Readonly<Record<string, string>> = {}): Promise<Contender> {
  const [program = '', build] = name.split(/@(.*)/s)
  if (program === PER_MESSAGE) return perMessage(name, wholeNumber(PER_MESSAGE, build ?? String(IN_FLIGHT), 1))
  if (name === PYTHON) return python(await pythonWithPackages())
  const [way = '', ...own] = program.split('+')
  const [client = '', lane = 'memory'] = way.split(':')
  if (!CLIENTS.includes(client) || !isLane(lane)) {
    throw new Failure(`there is no contender ${name}`, {
      cure: `Choose among ${CONTENDERS.join(', ')}; a lane is one of ${LANES.join(', ')}; @ and a commit may follow.`,
      code: EXIT.configuration,
    })
  }
  return daemon(name, client, lane, await binOf(build), { ...settings, ...settingsOf(own) })
}

/** Variables of `NAME=VALUE` texts; a value may hold further `=`. */
export function settingsOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(pairs.map((pair) => pair.split(/=(.*)/s).slice(0, 2) as [string, string]))
}

function isLane(text: string): text is Lane {
  return LANES.includes(text as Lane)
}

function daemon(
  name: string,
  client: string,
  lane: Lane,
  bin: string,
  settings: Readonly<Record<string, string>>,
): Contender {
  return {
    name,
    keepsOrder: true,
    isDaemon: true,
    lane,
    part: 1,
    args: [...nodeOptions, bin],
    env: ({ bootstrapServers, registryUrl, topic, urlsFile, shape, key, laneDir, metricsPort }) => ({
      BOOTSTRAP_SERVERS: bootstrapServers,
      SCHEMA_REGISTRY_URL: registryUrl,
      KAFKA_CLIENT: client,
      FEED_BENCH_URLS_FILE: urlsFile,
      FEED_BENCH_SCHEMA: topic,
      ...(key === null ? {} : { FEED_BENCH_KEY: key }),
      ...(shape.normalise ? { FEED_BENCH_NORMALISE: shape.normalise } : {}),
      ...(lane === 'memory' ? { LANE: 'memory' } : { LANE: 'disk', LANE_DIR: laneDir }),
      DIAL_RATE,
      METRICS_HOST: '127.0.0.1',
      METRICS_PORT: String(metricsPort),
      ...settings,
    }),
  }
}

function perMessage(name: string, inFlight: number): Contender {
  const args = [join(import.meta.dirname, 'per-message.ts')]
  return {
    name,
    keepsOrder: false,
    isDaemon: false,
    lane: 'memory',
    part: 0.1,
    args,
    env: (place) => ({ ...rivalEnv(place), IN_FLIGHT: String(inFlight) }),
  }
}

function python(command: string): Contender {
  const args = [join(import.meta.dirname, 'python/producer.py')]
  return { name: PYTHON, keepsOrder: false, isDaemon: false, lane: 'memory', part: 0.3, command, args, env: rivalEnv }
}

function rivalEnv({ bootstrapServers, registryUrl, topic, urlsFile, key }: Place): Record<string, string> {
  return {
    BOOTSTRAP_SERVERS: bootstrapServers,
    SCHEMA_REGISTRY_URL: registryUrl,
    TOPIC: topic,
    URLS_FILE: urlsFile,
    ...(key === null ? {} : { KEY: key }),
  }
}
