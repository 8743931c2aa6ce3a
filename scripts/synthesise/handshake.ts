/** The HTTP side: health, and what becomes of a handshake before there is a WebSocket. */
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Settings } from './options.ts'

/** What GET /health answers. */
export interface Health {
  readonly status: 'up'
  readonly kind: string
  /** Open now. */
  readonly connections: number
  /** Messages since the start, garbage not counted. */
  readonly sent: number
}

/** Answers GET and HEAD /health with 200 and JSON, everything else with 404. */
export function answerHttp(request: IncomingMessage, response: ServerResponse, health: () => Health): void {
  const known = pathOf(request) === '/health' && (request.method === 'GET' || request.method === 'HEAD')
  const body = known ? JSON.stringify(health()) : '{"error":"only GET /health and WebSockets are served here"}'
  response.writeHead(known ? 200 : 404, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

/** The status and Retry-After to refuse a handshake with, or undefined to let it in. */
export function refusalOf(
  request: IncomingMessage,
  settings: Settings,
  open: number,
): { readonly status: number; readonly retryAfter?: string | undefined } | undefined {
  if (pathOf(request) !== settings.path) return { status: 404 }
  if (settings.refuse !== undefined) return settings.refuse
  return open >= settings.connections ? { status: 503 } : undefined
}

/** Ends a handshake with an HTTP answer. */
export function refuseHandshake(socket: Duplex, status: number, retryAfter?: string): void {
  const wait = retryAfter === undefined ? '' : `Retry-After: ${retryAfter}\r\n`
  const reason = STATUS_CODES[status] ?? 'Refused'
  // The server allows half-open sockets: without this a client that never closes would keep the port.
  socket.once('finish', () => socket.destroy())
  socket.end(`HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Length: 0\r\n${wait}\r\n`)
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0] ?? '/'
}
