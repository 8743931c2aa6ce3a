/** Upstreams that know what they sent: one real WebSocket server, a source per path, at a steady rate. */
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer, type ServerOptions as TlsOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws'
import { stamp } from './document.ts'

/** How the upstream shall be. */
export interface SimulatorOptions {
  /** Prefix of the names of its sources: `fault` makes fault0, fault1, … */
  readonly name: string
  readonly sources: number
  /** Messages per second, all sources together. */
  readonly rate: number
  /** In every document, and nowhere else but in topics. */
  readonly canary: string
  /** Characters that make documents larger. */
  readonly padBytes?: number
  /** 0 or absent: a free one. */
  readonly port?: number
  readonly tls?: TlsOptions
  readonly ws?: ServerOptions
}

/** One connection, and which messages of its source were written to it: `firstSeq`, `firstSeq + 1`, … */
export interface Connection {
  readonly source: string
  /** Wall clock, milliseconds. */
  readonly openedAt: number
  closedAt: number | undefined
  code: number | undefined
  readonly firstSeq: number
  /** When each was handed to the operating system, wall clock, milliseconds. What a close found unsent is not in it. */
  readonly writtenAt: number[]
}

/** A running upstream. It sends from the first connection on, unless paused. */
export interface Simulator {
  readonly name: string
  readonly port: number
  /** One per source, without query. */
  readonly urls: readonly string[]
  readonly sources: readonly string[]
  /** In the order of arrival; those of before a restart included. */
  readonly connections: readonly Connection[]
  /** Messages written to open sockets so far. */
  readonly written: number
  /** Messages that a close found unsent: as a rule nobody got them. They are not sent again. */
  readonly unsure: number
  /** Messages that the rate has asked for while not paused, whether or not a socket would take them. */
  readonly wanted: number
  /** Sources with an open socket now. */
  readonly open: number
  /** Bytes that sockets have not taken yet. */
  readonly buffered: number
  /** Open sockets by source, for faults. */
  readonly sockets: ReadonlyMap<string, WebSocket>
  rate: number
  paused: boolean
  /** Sends one message of `source` now, made larger by `padBytes`; answers its seq. Undefined when its socket takes none. */
  send(source: string, padBytes?: number): number | undefined
  /** Ends every connection without a farewell, and listens no more. */
  stop(): Promise<void>
  /** Listens again on the same port. */
  restart(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

const TICK_MS = 10
/** What a late tick makes up for at most, or a busy machine would see nothing but ticks. */
const MAX_TICK_MS = 100
/** A socket with more unsent is left out: its peer does not read. */
const MAX_BUFFERED = 1024 * 1024

/** Starts one on loopback. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const sources = Array.from({ length: options.sources }, (_, at) => `${options.name}${at}`)
  const pad = 'x'.repeat(options.padBytes ?? 0)
  const next = new Map(sources.map((source) => [source, 0]))
  const connections: Connection[] = []
  const current = new Map<string, { socket: WebSocket; connection: Connection }>()
  const sockets = new Map<string, WebSocket>()
  const counts = { written: 0, wanted: 0, unsure: 0 }
  let turn = 0

  const accept = (socket: WebSocket, source: string): void => {
    if (!next.has(source)) return socket.close(1008)
    const firstSeq = next.get(source) ?? 0
    const opened = { source, openedAt: Date.now(), closedAt: undefined, code: undefined, firstSeq, writtenAt: [] }
    const connection: Connection = opened
    connections.push(connection)
    current.set(source, { socket, connection })
    sockets.set(source, socket)
    socket.on('error', () => {})
    socket.on('close', (code) => {
      connection.closedAt = Date.now()
      connection.code = code
      if (current.get(source)?.socket !== socket) return
      current.delete(source)
      sockets.delete(source)
    })
  }

  const send = (source: string, padBytes?: number): number | undefined => {
    const { socket, connection } = current.get(source) ?? {}
    if (!socket || !connection || socket.readyState !== socket.OPEN || socket.bufferedAmount > MAX_BUFFERED) return
    const seq = next.get(source) ?? 0
    next.set(source, seq + 1)
    socket.send(
      JSON.stringify(stamp(source, seq, options.canary, padBytes === undefined ? pad : 'x'.repeat(padBytes))),
      (error) => {
        if (error) {
          counts.unsure++
          return
        }
        connection.writtenAt.push(Date.now())
        counts.written++
      },
    )
    return seq
  }

  let server = await listen(options, options.port ?? 0, accept)
  const { port } = server
  let owed = 0
  let last = performance.now()
  const tick = (): void => {
    const now = performance.now()
    const elapsed = Math.min(now - last, MAX_TICK_MS)
    last = now
    if (simulator.paused || current.size === 0) return
    owed += (elapsed * simulator.rate) / 1000
    const due = Math.floor(owed)
    owed -= due
    counts.wanted += due
    for (let i = 0; i < due; i++) send(sources[turn++ % sources.length] ?? '')
  }
  const ticking = setInterval(tick, TICK_MS)

  const simulator: Simulator = {
    name: options.name,
    port,
    urls: sources.map((source) => `${options.tls ? 'wss' : 'ws'}://127.0.0.1:${port}/${source}`),
    sources,
    connections,
    get written() {
      return counts.written
    },
    get unsure() {
      return counts.unsure
    },
    get wanted() {
      return counts.wanted
    },
    get open() {
      return current.size
    },
    get buffered() {
      return [...sockets.values()].reduce((sum, { bufferedAmount }) => sum + bufferedAmount, 0)
    },
    sockets,
    rate: options.rate,
    paused: false,
    send,
    stop: () => server.close(),
    async restart() {
      await server.close()
      server = await listen(options, port, accept)
    },
    async [Symbol.asyncDispose]() {
      clearInterval(ticking)
      await server.close()
    },
  }
  return simulator
}

async function listen(
  { tls, ws }: SimulatorOptions,
  port: number,
  accept: (socket: WebSocket, source: string) => void,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const refuse: RequestListener = (_request, response) => response.writeHead(426).end()
  const http = tls ? createTlsServer(tls, refuse) : createServer(refuse)
  const server = new WebSocketServer({ ...ws, server: http })
  server.on('connection', (socket, { url = '' }) => accept(socket, /^\/(\w+)/.exec(url)?.[1] ?? ''))
  await new Promise<void>((resolve, reject) => http.once('error', reject).listen(port, '127.0.0.1', resolve))
  return {
    port: (http.address() as AddressInfo).port,
    async close() {
      if (!http.listening) return
      const closed = new Promise((resolve) => http.close(resolve))
      for (const socket of server.clients) socket.terminate()
      http.closeAllConnections()
      await closed
    },
  }
}
