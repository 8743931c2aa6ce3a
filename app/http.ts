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
  const server = createServer(options, (request, response) => {
    answer(pages, request, response).catch(() => response.destroy())
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

async function answer(pages: Pages, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = '', url = '/' } = request
  request.resume()
  if (method !== 'GET' && method !== 'HEAD')
    return send(response, text(405, 'only GET and HEAD\n'), method, { allow: 'GET, HEAD' })
  const page = pages.get(url.split('?', 1)[0] ?? '/')
  send(response, page ? await page() : text(404, 'not found; try /metrics, /healthz, /readyz, /status\n'), method)
}

function send(
  response: ServerResponse,
  { status, type, body }: Page,
  method: string,
  headers: Record<string, string> = {},
): void {
  const bytes = Buffer.from(body)
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
