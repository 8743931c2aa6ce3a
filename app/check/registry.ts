/** Is the registry there, and are the schemas? */
import { type Encoders, hasSchemas } from '../encode/encoders.ts'
import { Unavailable } from '../errors.ts'
import { routerOf } from '../feed-steps.ts'
import type { Config } from '../kinds.ts'
import type { Encoder } from '../model.ts'
import { gapUse, recordUse } from '../route/topic-use.ts'
import { collapsed } from './collapse.ts'
import type { Finding, Group } from './finding.ts'

/** Fetches and compiles every subject at once. */
export function checkRegistry(config: Config, encoders: Encoders): Group {
  const { url } = config.registry
  const title = url === '' ? 'schemas' : `registry at ${config.secrets.url(url)}`
  return { title, findings: prepareAll(config, encoders).then((all) => collapsed(all, 'every subject')) }
}

async function prepareAll(config: Config, encoders: Encoders): Promise<Finding[]> {
  const { feeds, gapsTopic } = config
  const all = new Map<string, readonly [encoder: Encoder, setting: string]>()
  for (const feed of feeds) {
    if (!hasSchemas(feed.format)) continue
    const encoder = await encoders.of(feed)
    for (const subject of (await routerOf(feed)).subjects) all.set(subject, [encoder, recordUse(feed).setting])
  }
  if (gapsTopic !== undefined) {
    all.set(`${gapsTopic}-value`, [await encoders.of({ format: 'avro' }), gapUse(config).setting])
  }
  return Promise.all([...all].map(([subject, [encoder, setting]]) => prepare(encoder, subject, setting)))
}

async function prepare(encoder: Encoder, label: string, named: string): Promise<Finding> {
  try {
    await encoder.prepare(label, new AbortController().signal, named)
    const { id, version } = encoder.schemas.get(label) ?? {}
    return { label, verdict: 'ok', detail: `version ${version}, schema id ${id}, compiles` }
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error
    const { reason, problem, cure, setting } = error
    const fault = reason === 'bad_schema' ? 'configuration' : 'unavailable'
    return { label, verdict: 'wrong', fault, detail: withoutSubject(problem, label), cure, setting }
  }
}

/** The label names it already. */
function withoutSubject(problem: string, subject: string): string {
  const prefix = `no schema for ${subject}: `
  return problem.startsWith(prefix) ? problem.slice(prefix.length) : problem
}
