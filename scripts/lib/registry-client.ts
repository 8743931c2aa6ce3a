/** What the scripts ask a Confluent-compatible schema registry, over plain HTTP with a deadline. */
import { EXIT, Failure } from './failure.ts'

const DEADLINE_MS = 10_000
const NOT_FOUND = 404

/** A schema that another refers to, with its version settled. */
export interface ResolvedReference {
  readonly name: string
  readonly subject: string
  readonly version: number
}

/** A schema as the registry has it. */
export interface Registered {
  readonly id: number
  readonly version: number
}

/** The registry at one address. Every call throws `Failure` (exit 69) when it is unreachable or refuses. */
export interface RegistryClient {
  /** The address without credentials: safe to print. */
  readonly address: string
  /** Resolves when it answers. */
  ping(): Promise<void>
  /** Version and id of exactly this schema under `subject`; undefined when it is not there. */
  find(subject: string, schema: string, references: readonly ResolvedReference[]): Promise<Registered | undefined>
  /** The latest version of a subject; undefined when there is none. */
  latest(subject: string): Promise<Registered | undefined>
  /** Registers the schema, and resolves to its id. */
  register(subject: string, schema: string, references: readonly ResolvedReference[]): Promise<number>
}

/** A client for `url` (`http://user:password@host:port/path`; user and password become basic authentication). */
export function registryClient(url: string): RegistryClient {
  const { address, authorization } = parseAddress(url)
  const call = async (path: string, body?: object): Promise<Answer> => {
    const response = await send(address, path, body, authorization)
    const text = await response.text().catch(() => '')
    if (response.ok) return { found: true, text }
    if (response.status === NOT_FOUND) return { found: false, text }
    throw refused(address, path, response.status, text)
  }
  const schemaBody = (schema: string, references: readonly ResolvedReference[]): object => ({
    schemaType: 'AVRO',
    schema,
    ...(references.length > 0 ? { references } : {}),
  })
  const registered = (answer: Answer): Registered | undefined =>
    answer.found ? (JSON.parse(answer.text) as Registered) : undefined
  const must = (answer: Answer, path: string): string => {
    if (!answer.found) throw refused(address, path, NOT_FOUND, answer.text)
    return answer.text
  }
  return {
    address,
    ping: async () => void must(await call('/subjects'), '/subjects'),
    find: async (subject, schema, references) =>
      registered(await call(subjectPath(subject), schemaBody(schema, references))),
    latest: async (subject) => registered(await call(`${subjectPath(subject)}/versions/latest`)),
    async register(subject, schema, references) {
      const path = `${subjectPath(subject)}/versions`
      return (JSON.parse(must(await call(path, schemaBody(schema, references)), path)) as { id: number }).id
    },
  }
}

interface Answer {
  readonly found: boolean
  readonly text: string
}

function subjectPath(subject: string): string {
  return `/subjects/${encodeURIComponent(subject)}`
}

function parseAddress(text: string): { address: string; authorization: string | undefined } {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new Failure('the address of the schema registry is not a http:// or https:// URL', {
      cure: 'Set SCHEMA_REGISTRY_URL, for example to http://127.0.0.1:8081.',
      code: EXIT.configuration,
    })
  }
  const user = [url.username, url.password].map(decodeURIComponent).join(':')
  const address = `${url.origin}${url.pathname}`.replace(/\/+$/, '')
  return { address, authorization: url.username ? `Basic ${Buffer.from(user).toString('base64')}` : undefined }
}

async function send(address: string, path: string, body?: object, authorization?: string): Promise<Response> {
  try {
    return await fetch(`${address}${path}`, {
      method: body ? 'POST' : 'GET',
      headers: {
        'content-type': 'application/vnd.schemaregistry.v1+json',
        ...(authorization ? { authorization } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(DEADLINE_MS),
    })
  } catch (cause) {
    throw new Failure(`the schema registry at ${address} does not answer`, {
      cure: 'Check SCHEMA_REGISTRY_URL and that the registry runs there.',
      code: EXIT.unavailable,
      cause,
    })
  }
}

const CURES: Readonly<Record<number, string>> = {
  401: 'Put user and password into SCHEMA_REGISTRY_URL.',
  403: 'This user may not do so: give it the right to register schemas.',
  404: 'Is this the base of a Confluent-compatible API? Some registries have it under a path, such as /apis/ccompat/v7.',
  409: 'The schema is not compatible with the version that is there: change it so that old records can still be read.',
  422: 'The schema is not valid Avro, or refers to a subject that is not there.',
}

function refused(address: string, path: string, status: number, text: string): Failure {
  const said = /"message"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? ''
  return new Failure(
    `the schema registry at ${address} answered ${status} to ${path}${said ? `: ${said.slice(0, 200)}` : ''}`,
    {
      cure: CURES[status] ?? 'See its log.',
      code: EXIT.unavailable,
    },
  )
}
