/** The operator's port: metrics, health, readiness and status. GET and HEAD only, bounded in time and connections. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { capConnections } from './lib/connection-cap.ts'

/** One answer. `body` is text. */
export interface Page {
  readonly status: number
  readonly type: string
  readonly body: string
}

/** Path → page. A page may take its time (a scrape renders text) but must not throw. */
export type Pages = ReadonlyMap<string, () => Page | Promise<Page>>

/** What a client may take of us. Times are milliseconds. */
export interface HttpLimits {
  /** One more ends the one that has been idle longest. */
  readonly connections: number
  /** Until the head of a request is there. */
  readonly headersMs: number
  /** Until all of a request is there, and how long a connection may be idle. */
  readonly requestMs: number
  readonly headerBytes: number
  readonly requestsPerSocket: number
}

const LIMITS: HttpLimits = {
  connections: 200,
  headersMs: 5_000,
  requestMs: 10_000,
  headerBytes: 8 * 1024,
  requestsPerSocket: 1_000,
}

/** Listens on `host:port` (0 = any free port); resolves with the port once it does, rejects with Node's error when it cannot. */
export async function serve(
  pages: Pages,
  host: string,
  port: number,
  limits: HttpLimits = LIMITS,
): Promise<{ port: number; connections(): number; close(): Promise<void> }> {
  // Node looks for late requests every 30 s unless told otherwise.
  const options = { maxHeaderSize: limits.headerBytes, connectionsCheckingInterval: limits.headersMs / 2 }
  const made = new Map([...pages].map(([path, page]) => [path, shared(page)]))
  const server = createServer(options, (request, response) => {
    answer(made, request, response).catch(() => response.destroy())
  })
  const connections = capConnections(server, limits.connections)
  server.headersTimeout = limits.headersMs
  server.requestTimeout = limits.requestMs
  server.timeout = limits.requestMs
  server.maxRequestsPerSocket = limits.requestsPerSocket
  await listen(server, host, port)
  return {
    port: (server.address() as AddressInfo).port,
    connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      server.on('error', () => {})
      resolve()
    })
  })
}

/** A page as it is sent. */
interface Made {
  readonly status: number
  readonly type: string
  readonly bytes: Buffer
}

function made({ status, type, body }: Page): Made {
  return { status, type, bytes: Buffer.from(body) }
}

/** Of the time, for one page. */
const MOST_SHARE = 0.1

/**
 * Makes `page` once for all who ask in the same turn of the event loop, and so seldom that it takes a tenth of the time at most:
 * a client may ask a thousand times in one packet, and a page may hold ten thousand sources.
 */
function shared(page: () => Page | Promise<Page>): () => Promise<Made> {
  let last: Promise<Made> | undefined
  let goodUntil = 0
  const make = async (): Promise<Made> => {
    await new Promise((resolve) => setImmediate(resolve))
    goodUntil = 0
    const from = performance.now()
    const result = made(await page())
    const to = performance.now()
    goodUntil = to + (to - from) * (1 / MOST_SHARE - 1)
    return result
  }
  return () => {
    if (last && performance.now() < goodUntil) return last
    goodUntil = Number.POSITIVE_INFINITY
    last = make()
    return last
  }
}

const NOT_ALLOWED = made(text(405, 'only GET and HEAD\n'))
const NOT_FOUND = made(text(404, 'not found; try /metrics, /healthz, /readyz, /status\n'))

async function answer(
  pages: ReadonlyMap<string, () => Promise<Made>>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = '', url = '/' } = request
  request.resume()
  if (method !== 'GET' && method !== 'HEAD') return send(response, NOT_ALLOWED, method, { allow: 'GET, HEAD' })
  const page = pages.get(url.split('?', 1)[0] ?? '/')
  send(response, page ? await page() : NOT_FOUND, method)
}

function send(
  response: ServerResponse,
  { status, type, bytes }: Made,
  method: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': bytes.length,
    'cache-control': 'no-store',
    ...headers,
  })
  response.end(method === 'HEAD' ? undefined : bytes)
}

/** A plain text page. */
export function text(status: number, body: string): Page {
  return { status, type: 'text/plain; charset=utf-8', body }
}

/** A JSON page, indented: people read it too. */
export function json(status: number, value: unknown): Page {
  return { status, type: 'application/json; charset=utf-8', body: `${JSON.stringify(value, null, 2)}\n` }
}
