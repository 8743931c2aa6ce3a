/** The simulator in a process of its own, as its parent sees it. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { until } from '../support/until.ts'
import type { Connection, Simulator, SimulatorOptions } from './simulator.ts'

/** What the parent says. `cut` ends every connection without a farewell. */
export type ChildOrder =
  | { readonly type: 'set'; readonly set: { readonly rate?: number; readonly paused?: boolean } }
  | { readonly type: 'cut' }
  | { readonly type: 'tell' }

interface Counts {
  readonly written: number
  readonly unsure: number
  readonly wanted: number
  readonly open: number
  readonly buffered: number
  /** Connections so far. */
  readonly dials: number
  /** Wall clock, milliseconds. */
  readonly at: number
}

/** What the child says: its counts many times a second, and all connections when asked to tell. */
export type ChildWord =
  | { readonly type: 'listening'; readonly port: number }
  | ({ readonly type: 'counts' } & Counts)
  | ({ readonly type: 'told'; readonly connections: readonly Connection[] } & Counts)

/** A simulator that cannot be reached into: no `sockets`, no `send`, no `stop`. Its `connections` are those of the last `tell`. */
export interface SimulatorProcess extends Omit<Simulator, 'sockets' | 'send' | 'stop' | 'restart'> {
  readonly pid: number
  /** Connections so far. */
  readonly dials: number
  cut(): void
  /** Resolves when `connections` and all counts are of now. */
  tell(): Promise<void>
}

/** Starts one. It ends with this process. `tls` and `ws` are not for it. */
export async function startSimulatorProcess(options: Omit<SimulatorOptions, 'tls' | 'ws'>): Promise<SimulatorProcess> {
  const child = fork(join(import.meta.dirname, 'simulator-child.ts'), [JSON.stringify(options)], {
    serialization: 'advanced',
    execArgv: [],
  })
  const ended = once(child, 'exit')
  let port = 0
  let counts: Counts = { written: 0, unsure: 0, wanted: 0, open: 0, buffered: 0, dials: 0, at: 0 }
  let connections: readonly Connection[] = []
  let told = 0
  child.on('message', (word: ChildWord) => {
    if (word.type === 'listening') port = word.port
    else counts = word
    if (word.type !== 'told') return
    connections = word.connections
    told++
  })
  const say = (order: ChildOrder): void => void child.send(order)
  await until(() => port > 0 || child.exitCode !== null, { what: 'the simulator to listen' })
  const sources = Array.from({ length: options.sources }, (_, at) => `${options.name}${at}`)
  let { rate } = options
  let paused = false
  return {
    name: options.name,
    pid: child.pid ?? 0,
    port,
    urls: sources.map((source) => `ws://127.0.0.1:${port}/${source}`),
    sources,
    get connections() {
      return connections
    },
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
      return counts.open
    },
    get buffered() {
      return counts.buffered
    },
    get dials() {
      return counts.dials
    },
    get rate() {
      return rate
    },
    set rate(next) {
      rate = next
      say({ type: 'set', set: { rate } })
    },
    get paused() {
      return paused
    },
    set paused(next) {
      paused = next
      say({ type: 'set', set: { paused } })
    },
    cut: () => say({ type: 'cut' }),
    async tell() {
      const before = told
      say({ type: 'tell' })
      await until(() => told > before, { what: 'the simulator to tell all', timeoutMs: 60_000 })
    },
    async [Symbol.asyncDispose]() {
      if (child.connected) child.disconnect()
      await ended
    },
  }
}
