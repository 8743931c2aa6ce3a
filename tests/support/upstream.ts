/** A real WebSocket server on loopback, port 0, that a test plays the upstream with. */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws'
import { until } from './until.ts'

/** What a client heard at the end of its connection, or the server of it. */
export interface Closed {
  readonly code: number
  readonly reason: string
}

/** A running upstream; `sockets`, `requests`, `received` and `closed` are in the order of arrival, over all connections. */
export interface Upstream {
  readonly url: string
  readonly port: number
  readonly sockets: WebSocket[]
  readonly requests: IncomingMessage[]
  readonly received: { readonly text: string; readonly binary: boolean }[]
  readonly closed: Closed[]
  /** Resolves to connection number `n` (from 1) once it is there. */
  connection(n: number): Promise<WebSocket>
  /** Sends to every open connection. */
  sendAll(data: string | Buffer): void
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** Starts one. `onSocket` gets each connection and its number from 1. */
export async function startUpstream(
  options: ServerOptions & { onSocket?: (socket: WebSocket, n: number) => void } = {},
): Promise<Upstream> {
  const { onSocket, ...settings } = options
  const http = createServer((_request, response) => response.writeHead(426).end())
  const server = new WebSocketServer({ ...settings, server: http })
  const seen: Pick<Upstream, 'sockets' | 'requests' | 'received' | 'closed'> = {
    sockets: [],
    requests: [],
    received: [],
    closed: [],
  }
  server.on('connection', (socket, request) => {
    seen.sockets.push(socket)
    seen.requests.push(request)
    socket.on('error', () => undefined)
    socket.on('message', (data, binary) => seen.received.push({ text: String(data), binary }))
    socket.on('close', (code, reason) => seen.closed.push({ code, reason: reason.toString() }))
    onSocket?.(socket, seen.sockets.length)
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const { port } = http.address() as AddressInfo
  const close = async (): Promise<void> => {
    for (const socket of server.clients) socket.terminate()
    http.closeAllConnections()
    await new Promise((resolve) => http.close(resolve))
  }
  return {
    ...seen,
    url: `ws://127.0.0.1:${port}/ws`,
    port,
    connection: async (n) => {
      await until(() => seen.sockets.length >= n, { what: `connection ${n}` })
      return seen.sockets[n - 1] as WebSocket
    },
    sendAll: (data) => {
      for (const socket of server.clients) socket.send(data)
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}
