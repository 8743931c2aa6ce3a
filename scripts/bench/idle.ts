/** What the daemon costs while nothing comes: many sockets, open and silent. */
import { setTimeout as sleep } from 'node:timers/promises'
import { startChild } from '../demo/child.ts'
import { until } from '../lib/until.ts'
import { freePort } from '../stack/ports.ts'
import type { Contender } from './contenders.ts'
import { startFlood } from './flood-process.ts'
import type { Ground } from './round.ts'
import { thousands } from './rows.ts'
import { makeScratch } from './scratch.ts'
import { shapes } from './shapes/index.ts'
import { makeTopic } from './topic.ts'
import { cpuUs, rssBytes } from './usage.ts'

/** Of one daemon, when all of its sockets are open. */
export interface Idle {
  readonly contender: string
  readonly urls: number
  /** From its start until the last socket was open. */
  readonly openSeconds: number
  /** Some seconds later. */
  readonly rssBytes: number
  /** Of one core. */
  readonly cpuPercent: number
  /** The middle of several scrapes. */
  readonly scrapeMs: number
  readonly scrapeBytes: number
}

const KEY = 'bench'
const SETTLE_MS = 5_000
const IDLE_MS = 30_000
const SCRAPES = 9
/** A page is made at most every 250 ms. */
const BETWEEN_SCRAPES_MS = 300
const OPEN_MS = 120_000
const GRACE_MS = 20_000

/** Starts the contender with `urls` URLs, lets it be, and stops it. */
export async function idle(contender: Contender, urls: number, { broker, registryUrl, admin }: Ground): Promise<Idle> {
  const shape = shapes.small
  const topic = await makeTopic(admin, registryUrl, { shape, partitions: 1, paced: false })
  const flood = await startFlood('small', urls)
  const scratch = makeScratch(topic.name, contender.lane, flood.urls)
  const metricsPort = await freePort()
  const place = { bootstrapServers: broker.bootstrapServers, registryUrl, topic: topic.name, shape, key: KEY }
  const startedAt = performance.now()
  const child = startChild({
    name: contender.name,
    args: contender.args,
    env: contender.env({ ...place, ...scratch, metricsPort }),
    logFile: scratch.logFile,
  })
  try {
    await until(() => flood.sockets() >= urls, { what: `${urls} sockets`, timeoutMs: OPEN_MS })
    const openSeconds = (performance.now() - startedAt) / 1_000
    await sleep(SETTLE_MS)
    const before = cpuUs(child.pid)
    await sleep(IDLE_MS)
    const cpuPercent = (cpuUs(child.pid) - before) / IDLE_MS / 10
    const rss = rssBytes(child.pid)
    const scrapes = await scrape(`http://127.0.0.1:${metricsPort}/metrics`)
    scratch.forgetLog()
    return {
      contender: contender.name,
      urls,
      openSeconds,
      rssBytes: rss,
      cpuPercent,
      ...scrapes,
    }
  } finally {
    await child.stop(GRACE_MS)
    await flood.stop()
    scratch.remove()
    await topic.remove()
  }
}

async function scrape(url: string): Promise<Pick<Idle, 'scrapeMs' | 'scrapeBytes'>> {
  const times: number[] = []
  let scrapeBytes = 0
  for (let each = 0; each < SCRAPES; each++) {
    const askedAt = performance.now()
    scrapeBytes = (await (await fetch(url)).arrayBuffer()).byteLength
    times.push(performance.now() - askedAt)
    await sleep(BETWEEN_SCRAPES_MS)
  }
  return { scrapeMs: times.sort((a, b) => a - b)[Math.floor(SCRAPES / 2)] ?? Number.NaN, scrapeBytes }
}

/** As a table in Markdown. */
export function idleTable(rows: readonly Idle[]): string {
  const header = ['contender', 'URLs', 'all open after', 'RSS', 'CPU', '/metrics']
  const lines = rows.map((row) => [
    row.contender,
    thousands(row.urls),
    `${row.openSeconds.toFixed(1)} s`,
    `${Math.round(row.rssBytes / 1_000_000)} MB`,
    `${row.cpuPercent.toFixed(1)} %`,
    `${row.scrapeMs.toFixed(0)} ms, ${Math.round(row.scrapeBytes / 1_000)} kB`,
  ])
  return [header, header.map((_, at) => (at === 0 ? '---' : '---:')), ...lines]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}
