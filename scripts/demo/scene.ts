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

/**
 * Fetches and builds what is missing and starts all of it, whatever can be at once, with progress on stderr; every part registers
 * its end with `scope`. Throws `Failure`, naming a missing program among others.
 */
export async function openScene({ rate, kafkaClient }: SceneOptions, scope: Scope): Promise<Scene> {
  await findJava()
  const folder = await mkdtemp(join(tmpdir(), 'tributary-demo-'))
  const [bin, { kafka, registry }, upstreams] = await allOf([
    builtBin(),
    startServers(scope),
    showing('Starting five upstreams', startUpstreams(rate, folder, scope)),
  ])
  await initialised(kafka, registry)
  const urls = new Map(
    FEEDS.map(({ name }) => [name, upstreams.filter((one) => one.feed === name).map(({ url }) => url)]),
  )
  const servers = { bootstrapServers: kafka.bootstrapServers, registryUrl: registry.url }
  const starting = startDaemon({ bin, urls, kafkaClient, logFile: join(folder, 'daemon.log'), ...servers })
  const [readBack, daemon] = await showing(
    'Starting the daemon',
    allOf([
      startReadBack(kafka.bootstrapServers).then((it) => scope.use(it, () => it.close())),
      starting.then((it) => scope.use(it, () => it.stop(0))),
    ]),
  )
  return { kafka, registry, upstreams, daemon, readBack, decode: decoder(registry.url) }
}

/** Kafka and the registry, each fetched first if need be. */
async function startServers(scope: Scope): Promise<{ kafka: Kafka; registry: Registry }> {
  const kafka = async (): Promise<Kafka> => {
    await installKafka()
    return scope.use(await showing('Starting Kafka', startKafka()), (it) => it.stop())
  }
  const registry = async (): Promise<Registry> => {
    await installRegistry()
    return scope.use(await showing('Starting the schema registry', startRegistry()), (it) => it.stop())
  }
  const [one, other] = await allOf([kafka(), registry()])
  return { kafka: one, registry: other }
}

async function initialised({ bootstrapServers }: Kafka, { url: registryUrl }: Registry): Promise<void> {
  const done: string[] = []
  const work = initialise({
    ...{ bootstrapServers, registryUrl, folder: SCHEMAS },
    kafka: (more) => quietKafka(bootstrapServers, more),
    ...{ partitions: 1, replication: 1, deadLetters: { partitions: 1, days: 14 }, timeoutMs: 60_000 },
    say: (line) => done.push(line),
  })
  const outcome = (): string => `${done.length} made`
  await showing('Making topics and subjects', work, outcome)
}

/** Shows `label` until `work` has ended. */
async function showing<T>(label: string, work: Promise<T>, outcome = () => 'done'): Promise<T> {
  const shown = progress(label)
  try {
    const result = await work
    shown.done(outcome())
    return result
  } catch (error) {
    shown.clear()
    throw error
  }
}

/** As `Promise.all`, but all have ended when it rejects: each has then registered what it opened. */
async function allOf<const T extends readonly Promise<unknown>[]>(
  work: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(work)
  return Promise.all(work) as Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }>
}

async function startUpstreams(rate: string, folder: string, scope: Scope): Promise<readonly Upstream[]> {
  const wanted = FEEDS.flatMap(({ name, upstreams }) => upstreams.map((kind) => ({ feed: name, kind })))
  const starting = wanted.map(async (one, at) =>
    scope.use(await startUpstream({ ...one, number: at + 1, rate, folder }), (it) => it.stop()),
  )
  await Promise.allSettled(starting)
  return Promise.all(starting)
}
