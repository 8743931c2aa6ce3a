/** A real Confluent-compatible schema registry on loopback: Apicurio Registry, in memory. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installRegistry } from './install.ts'
import { findJava } from './java.ts'
import { type Jvm, startJvm } from './jvm.ts'
import { freePort } from './ports.ts'

/** How the registry shall be. Everything has a default. */
export interface RegistryOptions {
  /** 0 or absent: a free one. */
  readonly port?: number
  /** Further `-D…` options of Java, for example to ask for authentication. */
  readonly jvmArgs?: readonly string[]
  /** Where its log is written. Absent: a temporary folder that `stop` removes. */
  readonly folder?: string
  /** True: the registry outlives this process. */
  readonly detached?: boolean
}

/** A running registry. It keeps schemas in memory: they are gone after `kill`, `halt` and `restart`; the port stays. */
export interface Registry {
  /** Base of the Confluent API, as SCHEMA_REGISTRY_URL wants it. */
  readonly url: string
  readonly port: number
  /** Of the JVM; changes with `restart`. */
  readonly pid: number
  readonly logFile: string
  /** Stops it for good and removes the temporary folder. */
  stop(): Promise<void>
  /** SIGTERM: an orderly stop. */
  halt(): Promise<void>
  /** SIGKILL. */
  kill(): Promise<void>
  /** Starts it again, empty (stopping it first if it runs), and waits until it answers. */
  restart(): Promise<void>
  /** SIGSTOP: it keeps its connections and answers nothing. */
  pause(): void
  /** SIGCONT. */
  resume(): void
}

/** Starts a registry and resolves when it answers. Ends with this process, unless `detached`. Throws as `startKafka` does. */
export async function startRegistry(options: RegistryOptions = {}): Promise<Registry> {
  const java = await findJava()
  const jar = await installRegistry()
  const port = options.port || (await freePort())
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'tributary-registry-')))
  const temporary = options.folder === undefined ? folder : undefined
  const logFile = join(folder, 'registry.log')
  const listen = ['-Dquarkus.http.host=127.0.0.1', `-Dquarkus.http.port=${port}`]
  // The quick compiler only: it starts sooner, and nobody measures this one.
  const args = [
    '-Xmx256m',
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    ...listen,
    ...(options.jvmArgs ?? []),
    '-jar',
    jar,
  ]
  const url = `http://127.0.0.1:${port}/apis/ccompat/v7`
  const start = (): Jvm =>
    startJvm({ name: 'The registry', java, args, logFile, detached: options.detached ?? false, temporary })
  const registry = control(start, { url, port, logFile, temporary })
  await registry.restart().catch(async (error: unknown) => {
    await registry.halt()
    throw error
  })
  return registry
}

/** The registry as its owner sees it; not started yet. */
function control(
  start: () => Jvm,
  facts: {
    readonly url: string
    readonly port: number
    readonly logFile: string
    readonly temporary: string | undefined
  },
): Registry {
  let jvm: Jvm | undefined
  const halt = async (): Promise<void> => jvm?.halt()
  return {
    url: facts.url,
    port: facts.port,
    logFile: facts.logFile,
    get pid() {
      return jvm?.pid ?? 0
    },
    async stop() {
      await halt()
      if (facts.temporary) await rm(facts.temporary, { recursive: true, force: true })
    },
    halt,
    kill: async () => jvm?.kill(),
    pause: () => jvm?.pause(),
    resume: () => jvm?.resume(),
    async restart() {
      await halt()
      jvm = start()
      await jvm.ready(() => isServing(facts.url))
    },
  }
}

/** Any answer below 500 counts: a registry that wants credentials is up when it asks for them. */
async function isServing(url: string): Promise<boolean> {
  const response = await fetch(`${url}/subjects`, { signal: AbortSignal.timeout(2_000) })
  await response.arrayBuffer()
  return response.status < 500
}
