/** The upstreams of the demo: each a synthesiser in a process of its own, brought back when somebody stops it. */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../stack/ports.ts'
import type { KindName } from '../synthesise/kinds/index.ts'
import { type Child, startChild } from './child.ts'

/** How long an upstream stays away when it was stopped from outside: long enough to watch it. */
export const AWAY_MS = 10_000
const GRACE_MS = 3_000
const SCRIPT = join(import.meta.dirname, '../synthesise/main.ts')

/** A running upstream. The port stays when it comes back; the pid changes. */
export interface Upstream {
  readonly feed: string
  readonly kind: KindName
  readonly url: string
  readonly pid: number
  stop(): Promise<void>
}

/** What to start. */
export interface UpstreamOptions {
  readonly feed: string
  readonly kind: KindName
  /** Tells it from others of its kind. */
  readonly number: number
  /** Messages per second, or `max`. */
  readonly rate: string
  /** Where its output goes. */
  readonly folder: string
}

/** Starts one and resolves when it answers. Throws `Failure` with the end of its log. */
export async function startUpstream(options: UpstreamOptions): Promise<Upstream> {
  const { feed, kind, number, rate, folder } = options
  const port = await freePort()
  const flags = ['--port', String(port), '--rate', rate, '--seed', `demo-${number}`, '--start-at', 'now']
  const start = (): Child =>
    startChild({
      name: `the upstream of ${kind}`,
      args: [SCRIPT, kind, ...flags],
      env: {},
      logFile: join(folder, `upstream-${number}-${kind}.log`),
    })
  const stopped = new AbortController()
  let child = start()
  const keep = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      await child.ended
      await sleep(AWAY_MS, undefined, { signal: stopped.signal }).catch(() => {})
      if (!stopped.signal.aborted) child = start()
    }
  }
  const stop = async (): Promise<void> => {
    stopped.abort()
    await child.stop(GRACE_MS)
  }
  await child
    .ready(() => answers(port))
    .catch(async (error: unknown) => {
      await stop()
      throw error
    })
  void keep()
  return {
    feed,
    kind,
    url: `ws://127.0.0.1:${port}/ws`,
    get pid() {
      return child.pid
    },
    stop,
  }
}

async function answers(port: number): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(2_000) })
  await response.arrayBuffer()
  return response.ok
}
