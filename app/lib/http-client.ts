/** HTTP requests with one deadline, a size limit and no surprises; the only importer of undici. */
import type { Socket } from 'node:net'
import { Agent, buildConnector, type Dispatcher, request as send } from 'undici'

/** What to ask for. `url` may hold no user info; `ca` is PEM and replaces the system's trust store. */
export interface HttpRequest {
  readonly url: string
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  /** One deadline, in milliseconds, for name lookup, connection, request and the whole body of the answer. */
  readonly timeoutMs: number
  /** Largest body accepted, in bytes. */
  readonly maxBytes: number
  readonly ca?: string | undefined
  /** Gives up early. */
  readonly signal?: AbortSignal | undefined
}

/** An answer of any status; header names are lower case, repeated headers are joined with a comma. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** `connect`: nothing was heard; `timeout`: the deadline passed; `response`: the answer broke off or was too large; `aborted`: the caller's signal. */
export type HttpFailure = 'connect' | 'timeout' | 'response' | 'aborted'

const KEEP_ALIVE_MS = 4_000
const CONNECT_LIMIT_MS = 30_000
const MAX_REASON = 200
/** Certificate authorities in use at once; those of before a renewal are given up. */
const MOST_AGENTS = 8
const agents = new Map<string, Agent>()
const sockets = new Set<Socket>()

/**
 * Sends one request and waits for the whole answer. Redirects are not followed, bodies are not decompressed.
 * Rejects with a plain Error whose message names host and reason (never path, query or headers); `failureOf` tells its kind.
 */
export async function request(options: HttpRequest): Promise<HttpAnswer> {
  const host = requestHost(options.url)
  const deadline = new AbortController()
  const timer = setTimeout(() => deadline.abort(), options.timeoutMs)
  const signal = options.signal ? AbortSignal.any([options.signal, deadline.signal]) : deadline.signal
  let heard = false
  try {
    const answer = await send(options.url, {
      method: options.method ?? 'GET',
      headers: { ...options.headers },
      body: options.body ?? null,
      dispatcher: agentFor(options.ca),
      headersTimeout: 0,
      bodyTimeout: 0,
      signal,
    })
    heard = true
    const body = await readBody(answer, options.maxBytes)
    return { status: answer.statusCode, headers: plainHeaders(answer.headers), body }
  } catch (cause) {
    if (options.signal?.aborted) throw failure('aborted', `${host}: given up`, cause)
    if (deadline.signal.aborted)
      throw failure('timeout', `${host}: no complete answer within ${options.timeoutMs} ms`, cause)
    throw failure(failureKindOf(cause, heard), `${host}: ${failureReason(cause)}`, cause)
  } finally {
    clearTimeout(timer)
  }
}

/** What kind of failure `request` rejected with; undefined for any other error. */
export function failureOf(error: unknown): HttpFailure | undefined {
  return error instanceof HttpError ? error.failure : undefined
}

/** Closes every kept connection at once, also those still being made. Later requests open new ones. */
export async function closeHttp(): Promise<void> {
  const closing = [...agents.values()]
  agents.clear()
  await Promise.all(closing.map((agent) => agent.destroy()))
  for (const socket of sockets) socket.destroy()
}

class HttpError extends Error {
  readonly failure: HttpFailure
  constructor(kind: HttpFailure, message: string, cause: unknown) {
    super(message, isParserError(cause) ? {} : { cause })
    this.failure = kind
  }
}

function failure(kind: HttpFailure, message: string, cause: unknown): HttpError {
  return new HttpError(kind, message, cause)
}

function requestHost(url: string): string {
  const parsed = URL.parse(url)
  // No cause: the error of `new URL` carries its input.
  if (!parsed) throw new HttpError('connect', 'not a valid URL', undefined)
  return parsed.host
}

function agentFor(ca: string | undefined): Agent {
  const key = ca ?? ''
  const known = agents.get(key)
  if (known) return known
  const connect = buildConnector({
    timeout: CONNECT_LIMIT_MS,
    ...(ca === undefined ? {} : { ca }),
  }) as unknown as Connect
  const agent = new Agent({
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    connect: (options, callback) => {
      // undici goes on connecting after a request was given up: remember the socket, so that it can be ended.
      const socket = connect(options, callback)
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
    },
  })
  agents.set(key, agent)
  const [oldest = ''] = agents.keys()
  if (agents.size > MOST_AGENTS) {
    // What it has under way comes to its end.
    void agents.get(oldest)?.close()
    agents.delete(oldest)
  }
  return agent
}

/** As in undici's source; its types leave out that the socket is returned. */
type Connect = (options: buildConnector.Options, callback: buildConnector.Callback) => Socket

async function readBody(answer: Dispatcher.ResponseData, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBytes) throw new Error(`the answer is larger than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size)
}

function plainHeaders(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const plain: Record<string, string> = Object.create(null)
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) plain[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return plain
}

function failureKindOf(cause: unknown, heard: boolean): HttpFailure {
  if (heard) return 'response'
  const code = errorCodeOf(cause)
  if (isParserError(cause)) return 'response'
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') return 'timeout'
  return code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' ? 'response' : 'connect'
}

function failureReason(cause: unknown): string {
  // A happy-eyeballs failure has an empty message and one error per address.
  const first = hasFields(cause) && Array.isArray(cause.errors) ? cause.errors[0] : cause
  const text = hasFields(first) && typeof first.message === 'string' ? first.message : String(first)
  return (text || errorCodeOf(cause) || 'failed').replace(/\s+/g, ' ').trim().slice(0, MAX_REASON)
}

function errorCodeOf(cause: unknown): string {
  return hasFields(cause) && typeof cause.code === 'string' ? cause.code : ''
}

/** An answer that is not HTTP; the error quotes it. */
function isParserError(cause: unknown): boolean {
  return hasFields(cause) && cause.name === 'HTTPParserError'
}

function hasFields(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
