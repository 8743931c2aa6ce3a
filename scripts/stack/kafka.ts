/** A real Apache Kafka on loopback: one JVM that is broker and controller. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { quietKafka, withAdmin } from '../lib/kafka-admin.ts'
import { installKafka } from './install.ts'
import { findJava } from './java.ts'
import { type Jvm, startJvm } from './jvm.ts'
import { type BrokerSettings, brokerProperties, type Listener, type Membership } from './kafka-properties.ts'
import { formatWithUsers, prepareStorage } from './kafka-storage.ts'
import { freePort, isPortFree } from './ports.ts'

/** How the broker shall be. Everything has a default. */
export interface KafkaOptions {
  /** Of the plaintext listener; 0 or absent: a free one. */
  readonly port?: number
  /** Further listeners (TLS, SASL, behind a proxy). Their key stores and users are `properties`. */
  readonly listeners?: readonly Listener[]
  /** Lines of server.properties that win over ours. */
  readonly properties?: Readonly<Record<string, string>>
  /** SCRAM users to be there from the start: `SCRAM-SHA-256=[name=…,password=…]`, as Kafka's own tool takes them. */
  readonly scram?: readonly string[]
  /** Where its data live; kept by `stop`. Absent: a temporary folder that `stop` removes. Must be empty or a broker's of ours. */
  readonly dataDir?: string
  /** For a cluster: absent means a cluster of one. Start all members at once, each waits for the others. */
  readonly membership?: Membership
  /** Java's `-Xmx`, `512m`. */
  readonly heap?: string
  /** Further options of Java, such as `-D…`. */
  readonly jvmArgs?: readonly string[]
  /** True: the broker outlives this process. */
  readonly detached?: boolean
}

/** A running broker. Its port and its data stay the same over `kill`, `halt` and `restart`. */
export interface Kafka {
  /** `127.0.0.1:port` of the plaintext listener. */
  readonly bootstrapServers: string
  readonly port: number
  /** `127.0.0.1:port` of each further listener, by name. */
  readonly listeners: Readonly<Record<string, string>>
  /** Of the JVM; changes with `restart`. */
  readonly pid: number
  /** True until the JVM has ended. */
  readonly running: boolean
  readonly dataDir: string
  readonly logFile: string
  /** Stops it for good and removes the temporary folder. */
  stop(): Promise<void>
  /** SIGTERM: an orderly stop. The data stay. */
  halt(): Promise<void>
  /** SIGKILL. The data stay. */
  kill(): Promise<void>
  /** Starts it again (stopping it first if it runs) and waits until it answers. */
  restart(): Promise<void>
  /** SIGSTOP: it keeps its connections and answers nothing. */
  pause(): void
  /** SIGCONT. */
  resume(): void
}

/**
 * Starts a broker and resolves when it answers (about 3 s; the first time of all it is fetched, with progress on stderr).
 * It ends with this process, unless `detached`. Throws `Failure` with what is missing, or with the end of its log.
 */
export async function startKafka(options: KafkaOptions = {}): Promise<Kafka> {
  const java = await findJava()
  const files = await installKafka()
  const home = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'tributary-kafka-')))
  const temporary = options.dataDir === undefined ? home : undefined
  const settings = await settle(options, join(home, 'data'))
  const propertiesFile = join(home, 'server.properties')
  await prepareStorage(home, settings.dataDir, settings.membership.nodeId, files)
  await writeFile(propertiesFile, brokerProperties(settings))
  if (options.scram) await formatWithUsers(java, files, propertiesFile, settings.dataDir, options.scram)
  const args = [
    ...[`-Xmx${options.heap ?? '512m'}`, '-XX:+UseSerialGC', `-Dlog4j2.configurationFile=${join(home, 'log4j2.yaml')}`],
    ...(options.jvmArgs ?? []),
    ...['-cp', files.classpath, 'kafka.Kafka', propertiesFile],
  ]
  const logFile = join(home, 'kafka.log')
  const start = (): Jvm =>
    startJvm({ name: 'Kafka', java, args, logFile, detached: options.detached ?? false, temporary })
  const kafka = control(start, settings, { logFile, temporary })
  await kafka.restart().catch(async (error: unknown) => {
    await kafka.halt()
    throw error
  })
  return kafka
}

/** The broker as its owner sees it; not started yet. */
function control(
  start: () => Jvm,
  settings: BrokerSettings,
  files: { readonly logFile: string; readonly temporary: string | undefined },
): Kafka {
  const { port, membership, listeners, dataDir } = settings
  const bootstrapServers = `127.0.0.1:${port}`
  let jvm: Jvm | undefined
  const halt = async (): Promise<void> => jvm?.halt()
  return {
    bootstrapServers,
    port,
    listeners: Object.fromEntries(listeners.map((one) => [one.name, `127.0.0.1:${one.port}`])),
    dataDir,
    logFile: files.logFile,
    get pid() {
      return jvm?.pid ?? 0
    },
    get running() {
      return jvm?.running ?? false
    },
    async stop() {
      await halt()
      if (files.temporary) await rm(files.temporary, { recursive: true, force: true })
    },
    halt,
    kill: async () => jvm?.kill(),
    pause: () => jvm?.pause(),
    resume: () => jvm?.resume(),
    async restart() {
      await halt()
      jvm = start()
      await jvm.ready(() =>
        membership.role === 'controller' ? isTaken(membership) : isServing(bootstrapServers, membership.nodeId),
      )
    },
  }
}

/** Whether the broker is known to the cluster, not merely listening. */
async function isServing(bootstrapServers: string, nodeId: number): Promise<boolean> {
  const client = quietKafka(bootstrapServers, { retry: { retries: 0 } })
  const { brokers } = await withAdmin(client, (admin) => admin.describeCluster())
  return brokers.some((broker) => broker.nodeId === nodeId)
}

/** A controller answers no client: it is enough that it listens. */
async function isTaken({ nodeId, voters }: Membership): Promise<boolean> {
  const own = voters.find((voter) => voter.nodeId === nodeId)
  return own !== undefined && !(await isPortFree(own.port))
}

async function settle(options: KafkaOptions, dataDir: string): Promise<BrokerSettings> {
  const listeners = (options.listeners ?? []).map(async (one) => ({ ...one, port: one.port || (await freePort()) }))
  return {
    port: options.port || (await freePort()),
    membership: options.membership ?? { nodeId: 1, voters: [{ nodeId: 1, port: await freePort() }] },
    listeners: await Promise.all(listeners),
    dataDir,
    extra: options.properties ?? {},
  }
}
