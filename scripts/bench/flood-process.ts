/** The flood as its parent sees it. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { until } from '../lib/until.ts'
import type { FloodOrder, FloodWord } from './flood.ts'
import type { Write } from './pace.ts'
import type { ShapeName } from './shapes/index.ts'

/** A running flood. It ends with this process. */
export interface Flood {
  readonly pid: number
  readonly urls: readonly string[]
  /** How many URLs have their socket. */
  sockets(): number
  /** Resolves when all have; rejects after a minute. */
  open(): Promise<void>
  /** Lets the sources send; resolves when all is written, to the writes if the order has a rate. One order at a time. */
  send(order: FloodOrder): Promise<readonly Write[]>
  stop(): Promise<void>
}

const OPEN_MS = 60_000

/** Starts a flood of messages of the shape with `sources` URLs. */
export async function startFlood(shape: ShapeName, sources: number): Promise<Flood> {
  const child = fork(join(import.meta.dirname, 'flood.ts'), [shape, String(sources)], { execArgv: [], env: {} })
  const ended = once(child, 'exit')
  let port = 0
  let sockets = 0
  let sent = Promise.withResolvers<readonly Write[]>()
  child.on('message', (word: FloodWord) => {
    if (word.type === 'listening') port = word.port
    if (word.type === 'open') sockets = word.sockets
    if (word.type === 'sent') sent.resolve(word.writes)
  })
  await until(() => port, { what: 'the flood to listen' })
  return {
    pid: child.pid ?? 0,
    urls: Array.from({ length: sources }, (_, at) => `ws://127.0.0.1:${port}/${at}`),
    sockets: () => sockets,
    open: async () => {
      await until(() => sockets >= sources, { what: `${sources} sockets of the flood`, timeoutMs: OPEN_MS })
    },
    send: (order) => {
      sent = Promise.withResolvers()
      child.send(order)
      return sent.promise
    },
    stop: async () => {
      if (child.connected) child.disconnect()
      await ended
    },
  }
}
