// Two hundred random reloads under load leave nothing behind.
import { randomInt } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import { topicFor, tradeText } from '../support/daemon-feeds.ts'
import { type Held, type Reloading, startReloading } from '../support/reloading.ts'
import { rng } from '../support/rng.ts'
import { until } from '../support/until.ts'
import { startUpstream, type Upstream } from '../support/upstream.ts'

const RELOADS = { memory: 200, disk: 60 }
const WARM_UP = 40
const SHORT_TIMERS = 10
const MIB = 1024 * 1024
/** Looks in a row that see the same. */
const LEVEL_LOOKS = 5
/** Trades between two reloads, of at least 1,000 a second. */
const MOST_BETWEEN = 200
type Env = Readonly<Record<string, string>>

interface Flood {
  sent: number
  paused: boolean
}

/** Sends 500 trades a second on every connection, and counts them. */
const flooding = (flood: Flood): Promise<Upstream> =>
  startUpstream({
    onSocket: (socket) => {
      let n = 0
      const burst = setInterval(() => {
        if (flood.paused) return
        for (let i = 0; i < 10; i++) socket.send(tradeText(`${n++}`))
        flood.sent += 10
      }, 20)
      socket.on('close', () => clearInterval(burst))
    },
  })

/** Any of five feeds, each with any of eight URLs, and settings of its own. */
function anyConfig(
  { next: random, below: some, shuffled }: ReturnType<typeof rng>,
  { url }: Upstream,
  topics: readonly string[],
): Env {
  const feeds = Array.from({ length: 5 }, (_, at) => at).filter((at) => at === 0 || random() < 0.7)
  const of = (at: number): Env => {
    const urls = Array.from({ length: 8 }, (_, n) => `${url}?symbol=${n}`).filter((_, n) => n === at || random() < 0.4)
    return {
      [`FEED_F${at}_URLS`]: shuffled(urls).join(),
      [`FEED_F${at}_SCHEMA`]: topics[some(topics.length)] ?? '',
      ...(random() < 0.3 && { [`FEED_F${at}_KEY`]: `k${some(3)}` }),
      ...(random() < 0.3 && { [`FEED_F${at}_LANE_MAX_BYTES`]: '16MiB' }),
      ...(random() < 0.2 && { [`FEED_F${at}_SEQUENCE_FIELD`]: 'trade_event_id' }),
      ...(random() < 0.2 && { [`FEED_F${at}_SILENCE_TIMEOUT`]: '30s' }),
    }
  }
  return Object.assign({}, ...feeds.map(of)) as Env
}

/** At rest with `env`, after some records of it and with an empty lane: what is held, and the names of all series. */
async function atRest(
  reloading: Reloading,
  env: Env,
  upstream: Upstream,
  flood: Flood,
): Promise<Held & { series: string[] }> {
  await reloading.reload(env)
  const { daemon } = reloading
  const isAtRest = async (): Promise<boolean> => {
    const { feeds } = await daemon.status()
    const [only, ...others] = Object.values(feeds)
    const areOpen = only?.sources.every(({ state }) => state === 'open') ?? false
    return others.length === 0 && areOpen && upstream.sockets.length - upstream.closed.length === only?.sources.length
  }
  await until(isAtRest, { what: 'the one feed alone', timeoutMs: 30_000 })
  const ledger = async () => Object.values((await daemon.status()).feeds)[0]?.ledger
  const before = (await ledger())?.documents.produced ?? 0
  const hasProduced = async (): Promise<boolean> => ((await ledger())?.documents.produced ?? 0) > before
  await until(hasProduced, { what: 'a record of the one feed', timeoutMs: 30_000 })
  flood.paused = true
  await until(async () => (await ledger())?.messages.held === 0, { what: 'an empty lane', timeoutMs: 60_000 })
  const look = async () => {
    const samples = await daemon.metrics()
    const series = samples.all
      .filter(({ name }) => name.startsWith('tributary') || name.startsWith('kafka'))
      .map(({ name, labels }) => `${name} ${JSON.stringify(labels)}`)
    return { ...(await reloading.held()), series: [...new Set(series)].toSorted() }
  }
  // Scrapes are rendered anew after a quarter of a second, and dead letters are looked for a while after a start.
  let [last, same] = [await look(), 0]
  const isLevel = async (): Promise<boolean> => {
    const before = last
    last = await look()
    same = isDeepStrictEqual([last.series, lasting(last)], [before.series, lasting(before)]) ? same + 1 : 0
    return same >= LEVEL_LOOKS
  }
  await until(isLevel, { what: 'nothing to come or go any more', timeoutMs: 30_000, everyMs: 300 })
  flood.paused = false
  return last
}

/** Sockets and servers; timers come and go with the load, by a few. */
const lasting = ({ resources }: Held): unknown[] => [
  resources.TCPSocketWrap,
  resources.TCPServerWrap,
  resources.PipeWrap,
  resources.ProcessWrap,
]

describe('many reloads', () => {
  it.each(['memory', 'disk'] as const)(
    'under load leave no socket, timer, series or MiB behind; lanes in %s',
    async (lane) => {
      const folder = await mkdtemp(join(tmpdir(), 'soak-'))
      const seed = randomInt(1_000_000)
      const random = rng(seed)
      const flood = { sent: 0, paused: false }
      await using upstream = await flooding(flood)
      const topics = (await Promise.all(Array.from({ length: 3 }, () => topicFor('TradeEvent')))).map(
        ({ topic }) => topic,
      )
      const base = { FEED_BASE_URLS: `${upstream.url}?base,${upstream.url}?base2`, FEED_BASE_SCHEMA: topics[0] ?? '' }
      const fixed = { DIAL_RATE: '10000', ...(lane === 'disk' && { LANE_DIR: folder }) }
      await using reloading = await startReloading(base, fixed)
      const { daemon } = reloading
      await daemon.ready()
      const some = async (count: number): Promise<void> => {
        for (let at = 0; at < count; at++) {
          const said = await reloading.reload(anyConfig(random, upstream, topics))
          if (said.includes('refused')) throw new Error(`seed ${seed}: ${said}`)
          const more = flood.sent + random.below(MOST_BETWEEN)
          await until(() => flood.sent >= more, { what: 'the flood to go on' })
        }
      }
      await some(WARM_UP)
      const before = await atRest(reloading, base, upstream, flood)
      await some(RELOADS[lane])
      const after = await atRest(reloading, base, upstream, flood)
      const only = (list: readonly string[], other: readonly string[]) => list.filter((one) => !other.includes(one))
      expect([seed, only(after.series, before.series), only(before.series, after.series)]).toEqual([seed, [], []])
      expect([seed, ...lasting(after)]).toEqual([seed, ...lasting(before)])
      expect(after.resources.Timeout ?? 0).toBeLessThan((before.resources.Timeout ?? 0) + SHORT_TIMERS)
      expect(after.bytes - before.bytes).toBeLessThan(2 * MIB)
      expect(daemon.stderr).not.toContain('Warning')
      expect((await daemon.stop()).code).toBe(0)
      await rm(folder, { recursive: true })
    },
    240_000,
  )
})
