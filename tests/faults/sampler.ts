/** Looks at the daemon twice a second: memory, file descriptors, its own metrics, and whether it says that it lives. */
import { readdir } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Daemon } from '../support/daemon.ts'
import { parseMetrics, type Samples } from '../support/daemon-metrics.ts'

/** One look. */
export interface Look {
  /** performance.now(). */
  readonly at: number
  readonly pid: number
  readonly rssBytes: number
  readonly fds: number
  /** 99th percentile since the last look, seconds. */
  readonly loopLagS: number
  /** Of `/healthz`. */
  readonly live: boolean
  readonly produced: Readonly<Record<string, number>>
  readonly samples: Samples
}

/** Runs from its start until it is disposed of. */
export interface Sampler {
  readonly looks: readonly Look[]
  /** Looks that got no answer from a process that runs. */
  readonly silences: number
  /** Texts of scrapes and of /status, the first and the latest ones, to be searched for secrets. */
  readonly pages: readonly string[]
  paused: boolean
  [Symbol.asyncDispose](): Promise<void>
}

const EVERY_MS = 500
const KEPT_PAGES = 40
const PATIENCE_MS = 5_000
const ENDS_MS = 1_000

/** Starts looking at the daemon that `current` answers, if any. */
export function startSampler(current: () => Daemon | undefined): Sampler {
  const looks: Look[] = []
  const pages: string[] = []
  let silences = 0
  let stopped = false
  const keep = (page: string): void => {
    pages.push(page)
    if (pages.length > KEPT_PAGES) pages.splice(KEPT_PAGES / 2, 1)
  }
  const look = async (daemon: Daemon): Promise<void> => {
    const ask = async (path: string): Promise<{ status: number; text: string }> => {
      const response = await daemon.get(path, { signal: AbortSignal.timeout(PATIENCE_MS) })
      return { status: response.status, text: await response.text() }
    }
    const [metrics, health, status] = [await ask('/metrics'), await ask('/healthz'), await ask('/status')]
    keep(metrics.text)
    keep(status.text)
    const samples = parseMetrics(metrics.text)
    const fds = await readdir(`/proc/${daemon.pid}/fd`).catch(() => [])
    const producedBy = (feed: string): number =>
      samples.value('tributary_documents_total', { feed, outcome: 'produced' }) ?? 0
    looks.push({
      at: performance.now(),
      pid: daemon.pid,
      rssBytes: await daemon.rss(),
      fds: fds.length,
      loopLagS: samples.value('nodejs_eventloop_lag_p99_seconds') ?? 0,
      live: health.status === 200,
      produced: { fault: producedBy('fault'), control: producedBy('control') },
      samples,
    })
  }
  const run = async (): Promise<void> => {
    while (!stopped) {
      const daemon = current()
      if (daemon && !sampler.paused && daemon.running && daemon.log.some(({ msg }) => msg.startsWith('metrics on'))) {
        await look(daemon).catch(async () => {
          // It may be about to end.
          await Promise.race([daemon.exited, sleep(ENDS_MS)])
          if (daemon.running && !sampler.paused) silences++
        })
      }
      await sleep(EVERY_MS)
    }
  }
  const sampler: Sampler = {
    looks,
    get silences() {
      return silences
    },
    pages,
    paused: false,
    async [Symbol.asyncDispose]() {
      stopped = true
      await running
    },
  }
  const running = run()
  return sampler
}
