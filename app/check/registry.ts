/** Is the registry there, and are the schemas? */
import type { Config } from '../config/types.ts'
import { Unavailable } from '../errors.ts'
import type { Encoder } from '../model.ts'
import { bySchema } from '../route/by-schema.ts'
import { gapUse, recordUse } from '../route/topic-use.ts'
import { collapsed } from './collapse.ts'
import type { Finding, Group } from './finding.ts'

/** Fetches and compiles every subject at once. */
export function checkRegistry(config: Config, encoder: Encoder): Group {
  const { feeds, gapsTopic } = config
  const settings = new Map(
    feeds.flatMap((feed) => bySchema(feed).subjects.map((subject) => [subject, recordUse(feed).setting])),
  )
  if (gapsTopic !== undefined) settings.set(`${gapsTopic}-value`, gapUse(config).setting)
  const findings = Promise.all([...settings].map(([subject, setting]) => prepare(encoder, subject, setting)))
  return {
    title: `registry at ${config.secrets.url(config.registry.url)}`,
    findings: findings.then((all) => collapsed(all, 'every subject')),
  }
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
