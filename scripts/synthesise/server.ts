/** The synthesiser as a library: a real WebSocket server that stands for an upstream. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { type Sent, serveConnection } from './connection.ts'
import { answerHttp, type Health, refusalOf, refuseHandshake } from './handshake.ts'
import { kinds } from './kinds/index.ts'
import { resolveSettings, type Settings, type SynthesiserOptions } from './options.ts'

/** A synthesiser that listens. Connections are numbered from 0 as they open; the number decides the stream. */
export interface Synthesiser {
  /** `ws://host:port/path`. */
  readonly url: string
  readonly port: number
  /** Messages handed to the socket of each connection so far, also of ended ones; garbage not counted. */
  sent(): readonly number[]
  /** Pieces of garbage on each connection so far. */
  garbage(): readonly number[]
  /** With `record`: the exact texts of each connection, in order, garbage left out. */
  texts(): readonly (readonly string[])[]
  /** Open now. */
  connections(): number
  /** Takes no more, closes every connection with 1001, cuts what has not answered after a second; resolves when the port is free. */
  close(): Promise<void>
}

/** How long clients have to answer the close frame, milliseconds. */
const CLOSE_TIMEOUT_MS = 1000

/** Listens, then resolves. Throws RangeError for a bad option, and the system's error when the port is taken. */
export async function startSynthesiser(options: SynthesiserOptions): Promise<Synthesiser> {
  const settings = resolveSettings(options)
  const sockets = new WebSocketServer({ noServer: true, autoPong: settings.noPong !== true })
  const log: Sent[] = []
  const totals = () => log.map(({ messages }) => messages)
  const health = (): Health => ({
    status: 'up',
    kind: settings.kind,
    connections: sockets.clients.size,
    sent: totals().reduce((sum, each) => sum + each, 0),
  })
  const http = createServer((request, response) => answerHttp(request, response, health))
  const handshaking = acceptUpgrades(http, sockets, settings, log)
  http.listen(settings.port, settings.host)
  await once(http, 'listening')
  const { port } = http.address() as AddressInfo
  let closing: Promise<void> | undefined
  const host = settings.host.includes(':') ? `[${settings.host}]` : settings.host
  return {
    url: `ws://${host}:${port}${settings.path}`,
    port,
    sent: totals,
    garbage: () => log.map(({ garbage }) => garbage),
    texts: () => log.map(({ texts }) => texts),
    connections: () => sockets.clients.size,
    close: () => {
      closing ??= closeAll(http, sockets.clients, handshaking)
      return closing
    },
  }
}

/** Answers with the sockets whose handshake is not over. */
function acceptUpgrades(http: Server, sockets: WebSocketServer, settings: Settings, log: Sent[]): Set<Socket> {
  const handshaking = new Set<Socket>()
  const admit = (request: IncomingMessage, socket: Socket, head: Buffer) => {
    handshaking.delete(socket)
    if (socket.destroyed) return
    const refusal = refusalOf(request, settings, sockets.clients.size)
    if (refusal !== undefined) return refuseHandshake(socket, refusal.status, refusal.retryAfter)
    sockets.handleUpgrade(request, socket, head, (ws) => {
      log.push(serveConnection(ws, socket, kinds[settings.kind], settings, log.length))
    })
  }
  http.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    if (settings.slowOpenMs === undefined) return admit(request, socket, head)
    handshaking.add(socket)
    setTimeout(() => admit(request, socket, head), settings.slowOpenMs).unref()
  })
  return handshaking
}

async function closeAll(http: Server, clients: ReadonlySet<WebSocket>, handshaking: Iterable<Socket>): Promise<void> {
  const closed = once(http, 'close')
  http.close()
  http.closeAllConnections()
  for (const socket of handshaking) socket.destroy()
  for (const client of clients) client.close(1001)
  const cut = setTimeout(() => {
    for (const client of clients) client.terminate()
  }, CLOSE_TIMEOUT_MS)
  await closed
  clearTimeout(cut)
}
