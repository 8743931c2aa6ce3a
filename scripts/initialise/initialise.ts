/** Topics and subjects for every schema of a folder; a second run changes nothing. */
import { join } from 'node:path'
import { describe, EXIT, Failure } from '../lib/failure.ts'
import { progress } from '../lib/progress.ts'
import { type Registered, type RegistryClient, type ResolvedReference, registryClient } from '../lib/registry-client.ts'
import { until } from '../lib/until.ts'
import type { ConnectKafka } from './kafka.ts'
import { readSchemaFiles, type SchemaFile } from './schema-files.ts'
import { createMissingTopics, pingKafka } from './topics.ts'
import { type TopicShape, wantedTopics } from './wanted.ts'

const GAPS = 'tributary.gaps'
/** What answers sooner is not said to be waited for. */
const PATIENCE_MS = 500
/** The schemas that come with Tributary. */
export const OWN_SCHEMAS = join(import.meta.dirname, '../../schemas')

/** Where, what from, and how long to wait for both servers (milliseconds). */
export interface InitialiseOptions extends TopicShape {
  readonly bootstrapServers: string
  readonly kafka: ConnectKafka
  readonly registryUrl: string
  readonly folder: string
  /** Topic of the gap records, where it is not to be called as their schema's file. */
  readonly gapsTopic?: string | undefined
  readonly timeoutMs: number
  /** Receives a line for each thing done. */
  readonly say: (line: string) => void
}

/** Waits for Kafka and the registry, then creates and registers what is missing. Throws `Failure` with the cure. */
export async function initialise(options: InitialiseOptions): Promise<void> {
  const { bootstrapServers, say } = options
  const files = await schemasOf(options)
  const registry = registryClient(options.registryUrl)
  const deadline = Date.now() + options.timeoutMs
  const patient = options.kafka()
  const once = options.kafka({ retry: { retries: 0 } })
  await answering(`Kafka at ${bootstrapServers}`, 'BOOTSTRAP_SERVERS', deadline, () => pingKafka(once))
  await answering(`the schema registry at ${registry.address}`, 'SCHEMA_REGISTRY_URL', deadline, () => registry.ping())
  const schemas = files.map((file) => file.name)
  const topics = wantedTopics(schemas, options)
  const created = new Set(await createMissingTopics(patient, topics))
  for (const { name, partitions, replication } of topics) {
    say(`topic ${name}: ${created.has(name) ? `created, partitions ${partitions}, replicas ${replication}` : 'exists'}`)
  }
  const done = new Map<string, number>()
  for (const file of files) {
    const { id, version, isNew } = await registerFile(registry, file, done)
    done.set(file.subject, version)
    say(`subject ${file.subject}: ${isNew ? 'registered' : 'exists'}, version ${version}, id ${id}`)
  }
}

/** The schemas of the folder, and that of the gap records under the name of their topic. */
async function schemasOf({ folder, gapsTopic }: InitialiseOptions): Promise<readonly SchemaFile[]> {
  const files = await readSchemaFiles(folder)
  if (gapsTopic === undefined) return files
  const isGaps = ({ name }: SchemaFile): boolean => name === GAPS
  const gaps = files.find(isGaps) ?? (await readSchemaFiles(OWN_SCHEMAS)).find(isGaps)
  const named = gaps ? [{ ...gaps, name: gapsTopic, subject: `${gapsTopic}-value` }] : []
  return [...files.filter((file) => !isGaps(file)), ...named]
}

/** Any error may be that of a server that is still coming up, so all are tried again; the last one is what is told. */
async function answering(what: string, variable: string, deadline: number, ask: () => Promise<unknown>): Promise<void> {
  const shown = progress(`Waiting for ${what}`, { patienceMs: PATIENCE_MS })
  let last: unknown
  const condition = async (): Promise<boolean> => {
    try {
      await ask()
      return true
    } catch (error) {
      last = error
      shown.update(describe(error))
      return false
    }
  }
  try {
    await until(condition, { what, timeoutMs: Math.max(0, deadline - Date.now()), intervalMs: 250 })
    shown.done('answers')
  } catch {
    shown.clear()
    if (last instanceof Failure) throw last
    throw new Failure(`${what} does not answer: ${describe(last)}`, {
      cure: `Check ${variable}, and that it runs and can be reached from here.`,
      code: EXIT.unavailable,
    })
  }
}

async function registerFile(
  registry: RegistryClient,
  file: SchemaFile,
  done: ReadonlyMap<string, number>,
): Promise<Registered & { isNew: boolean }> {
  const references: ResolvedReference[] = []
  for (const { name, subject, version } of file.references) {
    const settled = version ?? done.get(subject) ?? (await registry.latest(subject))?.version
    if (settled === undefined) {
      throw new Failure(`${file.name} refers to the subject ${subject}, which the registry does not have`, {
        cure: `Put its .avsc file beside ${file.name}.avsc, or register it first.`,
        code: EXIT.configuration,
      })
    }
    references.push({ name, subject, version: settled })
  }
  const existing = await registry.find(file.subject, file.schema, references)
  if (existing) return { ...existing, isNew: false }
  const id = await registry.register(file.subject, file.schema, references)
  const version = (await registry.find(file.subject, file.schema, references))?.version ?? 1
  return { id, version, isNew: true }
}
