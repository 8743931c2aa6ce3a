/** A client for the Confluent API of a schema registry, limited to reads for encoding. */
import type { RegistryConfig } from '../config/types.ts'
import { Unavailable, type UnavailableReason } from '../errors.ts'
import type { Clock } from '../lib/clock.ts'
import { failureOf, type HttpAnswer, type HttpFailure } from '../lib/http-client.ts'
import { withRegistryCure } from './cures.ts'
import { timedRequest } from './registry-time.ts'

/** The latest version of a subject. */
export interface Latest extends Known {
  readonly version: number
  /** Schema texts, referenced schemas first; undefined if the schema equals the known schema. */
  readonly texts: readonly string[] | undefined
}

/** A known schema. Its id does not identify the schema: a registry restored from an old copy reassigns ids. */
export interface Known {
  readonly id: number
  /** Its text, and the subjects and versions of its references. */
  readonly print: string
}

/** Access to a registry. Responses set `clock`. */
export interface RegistryAccess
  extends Pick<RegistryConfig, 'url' | 'basicAuth' | 'bearerToken' | 'ca' | 'timeoutMs' | 'names'> {
  readonly clock: Clock
}

interface Reference {
  readonly subject: string
  readonly version: number
}
interface SubjectVersion {
  readonly id: number
  readonly version: number
  readonly schema: string
  readonly references: readonly Reference[]
}
/** A request and its follow-up requests, which share a deadline. */
interface Question {
  readonly access: RegistryAccess
  readonly host: string
  readonly subject: string
  readonly until: number
  readonly signal: AbortSignal
}

/** A registry stores schemas in Kafka records of 1 MB by default; JSON adds some overhead. */
const MOST_RESPONSE_BYTES = 4 * 1024 * 1024
const MAX_REFERENCES = 200
const MAX_ID = 0x7fffffff
const FAILURES: Readonly<Record<HttpFailure, UnavailableReason>> = {
  connect: 'connect',
  timeout: 'timeout',
  response: 'response',
  aborted: 'unknown',
}

/** Error codes of the Confluent API for a missing subject or version. A 404 without them comes from another server. */
const NOT_THERE: ReadonlySet<unknown> = new Set([40401, 40402])

/**
 * Fetches the latest version of `subject` and, recursively, all its references, within `timeoutMs` in total.
 * Throws `Unavailable`: `connect`, `timeout`, `authentication`, `authorization`, `no_subject`, `response` (invalid
 * response), `bad_schema` (not Avro, or too many references), `unknown` if `signal` aborts.
 */
export async function latestSchema(
  access: RegistryAccess,
  subject: string,
  signal: AbortSignal,
  known?: Known,
): Promise<Latest> {
  try {
    return await latest(access, subject, signal, known)
  } catch (error) {
    throw withRegistryCure(error, subject, access.names)
  }
}

async function latest(access: RegistryAccess, subject: string, signal: AbortSignal, known?: Known): Promise<Latest> {
  const host = URL.parse(access.url)?.host ?? 'an invalid URL'
  const question = { access, host, subject, until: performance.now() + access.timeoutMs, signal }
  const { id, version, schema, references } = await ask(question, { subject, version: 'latest' })
  const print = JSON.stringify([schema, ...references.map((one) => [one.subject, one.version])])
  if (id === known?.id && print === known.print) return { id, version, print, texts: undefined }
  const texts: string[] = []
  await resolve(question, references, new Set(), texts)
  return { id, version, print, texts: [...texts, schema] }
}

/** Depth first. Each subject and version is visited once, therefore circular references end. */
async function resolve(
  question: Question,
  references: readonly Reference[],
  seen: Set<string>,
  texts: string[],
): Promise<void> {
  for (const reference of references) {
    const key = `${reference.version} ${reference.subject}`
    if (seen.has(key)) continue
    seen.add(key)
    if (seen.size > MAX_REFERENCES) {
      throw new Unavailable(
        'bad_schema',
        `the schema of ${question.subject} has more than ${MAX_REFERENCES} references`,
      )
    }
    const entry = await ask(question, reference)
    await resolve(question, entry.references, seen, texts)
    texts.push(entry.schema)
  }
}

async function ask(
  question: Question,
  wanted: { subject: string; version: number | 'latest' },
): Promise<SubjectVersion> {
  const { access, signal, until } = question
  const path = `/subjects/${encodeURIComponent(wanted.subject)}/versions/${wanted.version}`
  try {
    const options = {
      url: access.url.replace(/\/+$/, '') + path,
      headers: { accept: 'application/vnd.schemaregistry.v1+json, application/json', ...authorization(access) },
      timeoutMs: Math.max(1, Math.ceil(until - performance.now())),
      maxBytes: MOST_RESPONSE_BYTES,
      ca: access.ca,
      signal,
    }
    const answer = await timedRequest(options, access.clock)
    return answer.status === 200
      ? subjectVersionOf(question, wanted.subject, answer)
      : throwFor(question, wanted.subject, answer)
  } catch (cause) {
    if (cause instanceof Unavailable) throw cause
    const reason = FAILURES[failureOf(cause) ?? 'connect']
    const said = `the registry at ${(cause as Error).message}`
    throw new Unavailable(reason, `no schema for ${question.subject}: ${said}`, { cause })
  }
}

function authorization({ basicAuth, bearerToken }: RegistryAccess): { authorization?: string } {
  if (bearerToken !== undefined) return { authorization: `Bearer ${bearerToken}` }
  if (basicAuth !== undefined) return { authorization: `Basic ${Buffer.from(basicAuth).toString('base64')}` }
  return {}
}

function throwFor({ host, subject }: Question, wanted: string, { status, body }: HttpAnswer): never {
  const registry = `the registry at ${host}`
  switch (status) {
    case 401:
      throw new Unavailable('authentication', `${registry} wants other credentials (401)`)
    case 403:
      throw new Unavailable('authorization', `${registry} does not let these credentials read ${wanted} (403)`)
    case 404: {
      const whose = wanted === subject ? '' : `, which ${subject} refers to`
      if (NOT_THERE.has(parsedBody(body).error_code)) {
        throw new Unavailable('no_subject', `${registry} has no subject ${wanted}${whose}`)
      }
      throw new Unavailable('response', `${registry} answered 404 for ${wanted}, but not as a Confluent API does`)
    }
    default: {
      const isBusy = status >= 500 || status === 429
      const cure = isBusy ? 'look at its log; it is asked again' : undefined
      throw new Unavailable('response', `${registry} answered ${status} when asked for ${wanted}`, { cure })
    }
  }
}

function subjectVersionOf({ host }: Question, wanted: string, answer: HttpAnswer): SubjectVersion {
  const value = parsedBody(answer.body)
  const { id, version, schema, schemaType, references } = value
  if (!isId(id) || !isId(version) || typeof schema !== 'string') {
    throw new Unavailable('response', `the registry at ${host} answered for ${wanted} with something that is no schema`)
  }
  if (schemaType !== undefined && schemaType !== null && schemaType !== 'AVRO') {
    throw new Unavailable('bad_schema', `the schema of ${wanted} is not Avro`)
  }
  return { id, version, schema, references: referencesOf(references, wanted) }
}

function parsedBody(body: Buffer): { [name: string]: unknown } {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

function referencesOf(value: unknown, wanted: string): readonly Reference[] {
  if (value === undefined || value === null) return []
  const valid =
    Array.isArray(value) &&
    value.every((each) => typeof each?.subject === 'string' && Number.isSafeInteger(each.version))
  if (!valid)
    throw new Unavailable('response', `the registry names references of ${wanted} without subject and version`)
  return value
}

function isId(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MAX_ID
}
