/** Everything that runs in the demo, opened in order and closed in reverse. */
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Scope } from '../../app/lib/scope.ts'
import { initialise } from '../initialise/initialise.ts'
import { quietKafka } from '../lib/kafka-admin.ts'
import { progress } from '../lib/progress.ts'
import { installKafka, installRegistry } from '../stack/install.ts'
import { findJava } from '../stack/java.ts'
import { type Kafka, startKafka } from '../stack/kafka.ts'
import { type Registry, startRegistry } from '../stack/registry.ts'
import { builtBin } from './build.ts'
import { type Daemon, startDaemon } from './daemon.ts'
import { type Decode, decoder } from './decode.ts'
import { FEEDS } from './feeds.ts'
import { type ReadBack, startReadBack } from './read-back.ts'
import { startUpstream, type Upstream } from './upstreams.ts'

/** The running parts. */
export interface Scene {
  readonly kafka: Kafka
  readonly registry: Registry
  readonly upstreams: readonly Upstream[]
  readonly daemon: Daemon
  readonly readBack: ReadBack
  readonly decode: Decode
}

/** What the command line decides. */
export interface SceneOptions {
  /** Messages per second and upstream, or `max`. */
  readonly rate: string
  readonly kafkaClient: string
}

const SCHEMAS = join(import.meta.dirname, '../../schemas')

/** Fetches and builds what is missing, and resolves to the daemon's bin. Throws `Failure` naming a missing program. */
export async function prepare(): Promise<string> {
  await findJava()
  // One after the other: each shows its progress on a line of its own.
  await installKafka()
  await installRegistry()
  return builtBin()
}

/** Starts all of it, with progress on stderr; every part registers its end with `scope`. Throws `Failure`. */
export async function openScene(bin: string, { rate, kafkaClient }: SceneOptions, scope: Scope): Promise<Scene> {
  const { kafka, registry } = await startServers(scope)
  const names: string[] = []
  const say = (line: string): void => void names.push(line)
  await initialise({
    ...{ bootstrapServers: kafka.bootstrapServers, registryUrl: registry.url, folder: SCHEMAS },
    kafka: (more) => quietKafka(kafka.bootstrapServers, more),
    ...{ partitions: 1, replication: 1, deadLetters: { partitions: 1, days: 14 }, timeoutMs: 60_000, say },
  })
  process.stderr.write(`${names.map((line) => `  ${line}\n`).join('')}`)

  const shown = progress('Starting the upstreams and the daemon')
  const folder = await mkdtemp(join(tmpdir(), 'tributary-demo-'))
  const readBack = scope.use(await startReadBack(kafka.bootstrapServers), (it) => it.close())
  const upstreams = await startUpstreams(rate, folder, scope)
  const urls = new Map(
    FEEDS.map(({ name }) => [name, upstreams.filter((one) => one.feed === name).map(({ url }) => url)]),
  )
  const daemon = await startDaemon({
    ...{ bin, urls, kafkaClient, logFile: join(folder, 'daemon.log') },
    ...{ bootstrapServers: kafka.bootstrapServers, registryUrl: registry.url },
  })
  scope.use(daemon, (it) => it.stop(0))
  shown.done(`${upstreams.length} upstreams and one daemon run`)
  return { kafka, registry, upstreams, daemon, readBack, decode: decoder(registry.url) }
}

async function startServers(scope: Scope): Promise<{ kafka: Kafka; registry: Registry }> {
  const shown = progress('Starting Kafka and the schema registry')
  const starting = [
    startKafka().then((kafka) => scope.use(kafka, (it) => it.stop())),
    startRegistry().then((registry) => scope.use(registry, (it) => it.stop())),
  ] as const
  await Promise.allSettled(starting)
  try {
    const [kafka, registry] = await Promise.all(starting)
    shown.done('both answer')
    return { kafka, registry }
  } catch (error) {
    shown.clear()
    throw error
  }
}

async function startUpstreams(rate: string, folder: string, scope: Scope): Promise<readonly Upstream[]> {
  const wanted = FEEDS.flatMap(({ name, upstreams }) => upstreams.map((kind) => ({ feed: name, kind })))
  const starting = wanted.map(async (one, at) =>
    scope.use(await startUpstream({ ...one, number: at + 1, rate, folder }), (it) => it.stop()),
  )
  await Promise.allSettled(starting)
  return Promise.all(starting)
}
