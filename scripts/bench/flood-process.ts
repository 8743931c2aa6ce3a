/** The flood as its parent sees it. */
import { fork } from 'node:child_process'
import { join } from 'node:path'
import { until } from '../lib/until.ts'
import type { FloodOrder, FloodWord } from './flood.ts'

/** A running flood. It ends with this process. */
export interface Flood {
  readonly pid: number
  readonly urls: readonly string[]
  /** Resolves when every URL has its socket. */
  open(): Promise<void>
  /** Lets the sources send; answers at once. With `rate`, so many per second together. */
  send(shares: readonly number[], rate?: number): void
  /** Messages of the orders that are complete. */
  readonly sent: number
  stop(): Promise<void>
}

const OPEN_MS = 30_000

/** Starts a flood with `sources` URLs. */
export async function startFlood(sources: number): Promise<Flood> {
  const child = fork(join(import.meta.dirname, 'flood.ts'), { execArgv: [], env: {} })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  let port = 0
  let sockets = 0
  let sent = 0
  child.on('message', (word: FloodWord) => {
    if (word.type === 'listening') port = word.port
    if (word.type === 'open') sockets = word.sockets
    if (word.type === 'sent') sent = word.messages
  })
  await until(() => port, { what: 'the flood to listen' })
  return {
    pid: child.pid ?? 0,
    urls: Array.from({ length: sources }, (_, at) => `ws://127.0.0.1:${port}/${at}`),
    open: async () => {
      await until(() => sockets >= sources, { what: `${sources} sockets of the flood`, timeoutMs: OPEN_MS })
    },
    send: (shares, rate) => void child.send({ send: shares, rate } satisfies FloodOrder),
    get sent() {
      return sent
    },
    stop: async () => {
      if (child.connected) child.disconnect()
      await ended
    },
  }
}
