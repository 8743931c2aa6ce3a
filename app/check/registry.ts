/** Is the registry there, and are the schemas? */
import type { Config } from '../config/types.ts'
import { avro } from '../encode/avro.ts'
import { Unavailable, type UnavailableReason } from '../errors.ts'
import type { Scope } from '../lib/scope.ts'
import type { Encoder } from '../model.ts'
import { bySchema } from '../route/by-schema.ts'
import { collapsed } from './collapse.ts'
import type { Finding, Group } from './finding.ts'

const CURES: Partial<Record<UnavailableReason, string>> = {
  connect: 'check SCHEMA_REGISTRY_URL, that the registry runs, and that this machine may reach it',
  timeout: 'check SCHEMA_REGISTRY_URL, that the registry runs, and that this machine may reach it',
  authentication: 'check SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO or SCHEMA_REGISTRY_BEARER_TOKEN',
  authorization: 'let these credentials read the subject',
  no_subject: "register the schema under this subject, or correct the feed's schema name or SCHEMA_REGISTRY_URL",
  response: 'check that SCHEMA_REGISTRY_URL is the base of a Confluent-compatible API (some have it under a path)',
  bad_schema: 'register a version that is valid Avro and a record or a map',
}

/** Fetches and compiles every subject at once. */
export function checkRegistry(config: Config, scope: Scope): Group {
  const gapsSubject = config.gapsTopic === undefined ? [] : [`${config.gapsTopic}-value`]
  const subjects = [...new Set([...config.feeds.flatMap((feed) => bySchema(feed).subjects), ...gapsSubject])]
  const encoder = scope.use(avro({ registry: config.registry, emit: () => {} }), (it) => it.close())
  const findings = Promise.all(subjects.map((subject) => prepare(encoder, subject)))
  return {
    title: `registry at ${config.secrets.url(config.registry.url)}`,
    findings: findings.then((all) => collapsed(all, 'every subject')),
  }
}

async function prepare(encoder: Encoder, label: string): Promise<Finding> {
  try {
    await encoder.prepare(label, new AbortController().signal)
    const { id, version } = encoder.schemas.get(label) ?? {}
    return { label, verdict: 'ok', detail: `version ${version}, schema id ${id}, compiles` }
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error
    return { label, verdict: 'wrong', detail: withoutCure(error.message, label), cure: CURES[error.reason] }
  }
}

/** The label names the subject already, and the cure stands on a line of its own. */
function withoutCure(message: string, subject: string): string {
  const prefix = `no schema for ${subject}: `
  const rest = message.startsWith(prefix) ? message.slice(prefix.length) : message
  return rest.replace(/(: register|[:;] check) .*$/, '')
}
