/** A WebSocket server whose sources are its paths, and to each of which a row says what it likes. */
import type { WebSocket } from 'ws'
import { until } from '../support/until.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Rig } from './rig.ts'

/** A running one; it ends with the row. */
export interface Paths {
  url(path: string): string
  /** The latest connection to `path` that is open, if any. */
  socket(path: string): WebSocket | undefined
  /** Dials to `path` that were let in so far. */
  dials(path: string): number
  /** Sends once `path` is open; resolves when it is written. */
  send(path: string, data: string | Buffer, binary?: boolean): Promise<void>
}

/** Starts one; `onSocket` is given each connection and its path. */
export async function startPaths(rig: Rig, onSocket?: (socket: WebSocket, path: string) => void): Promise<Paths> {
  const upstream = await startUpstream({
    onSocket: (socket, n) => onSocket?.(socket, pathOf(upstream.requests[n - 1]?.url)),
  })
  rig.defer(() => upstream.close())
  const socket = (path: string): WebSocket | undefined =>
    upstream.sockets.findLast((one, at) => pathOf(upstream.requests[at]?.url) === path && one.readyState === one.OPEN)
  return {
    url: (path) => `ws://127.0.0.1:${upstream.port}/${path}`,
    socket,
    dials: (path) => upstream.requests.filter(({ url }) => pathOf(url) === path).length,
    async send(path, data, binary = typeof data !== 'string') {
      await until(() => socket(path) !== undefined, { what: `a connection to ${path}`, timeoutMs: 60_000 })
      await new Promise<void>((resolve, reject) => {
        socket(path)?.send(data, { binary }, (error) => (error ? reject(error) : resolve()))
      })
    },
  }
}

function pathOf(url = ''): string {
  return /^\/(\w+)/.exec(url)?.[1] ?? ''
}
