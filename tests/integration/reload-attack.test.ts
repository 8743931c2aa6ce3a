// Reloads that come in quick succession, cross each other, or undo each other lose no message and end in order.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { startKafka } from '../../scripts/stack/kafka.ts'
import { imbalance, topicFor, tradeText } from '../support/daemon-feeds.ts'
import { startReloading } from '../support/reloading.ts'
import { topicSize } from '../support/stack.ts'
import { until } from '../support/until.ts'
import { startUpstream, type Upstream } from '../support/upstream.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attack-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

type Env = Readonly<Record<string, string>>
const NO_LANE: Env = {}
const lanes = (): [string, Env][] => [
  ['memory', NO_LANE],
  ['disk', { LANE_DIR: 'yes' }],
]
const fixed = (env: Env): Env => ({ DIAL_RATE: '10000', ...(env.LANE_DIR && { LANE_DIR: folder }) })

/** Sends numbered trades on every connection until it is closed; what was sent before a close of ours may be on the wire. */
async function flooding() {
  const sent = { count: 0 }
  const upstream = await startUpstream({
    onSocket: (socket) => {
      const burst = setInterval(() => {
        for (let i = 0; i < 5; i++) socket.send(tradeText(`${sent.count++}`))
      }, 10)
      socket.on('close', () => clearInterval(burst))
    },
  })
  return { sent, upstream, [Symbol.asyncDispose]: () => upstream.close() }
}

const openSockets = ({ sockets, closed }: Upstream): number => sockets.length - closed.length

describe.each(lanes())('with a lane in %s', (_kind, lane) => {
  it('a storm of signals with other settings each, and then SIGTERM', async () => {
    await using flood = await flooding()
    const { upstream } = flood
    const topics = await Promise.all([1, 2].map(() => topicFor('TradeEvent')))
    const config = (n: number): Env => ({
      FEED_STAYS_URLS: `${upstream.url}?stays`,
      FEED_STAYS_SCHEMA: topics[0]?.topic ?? '',
      ...(n % 3 !== 0 && {
        FEED_A_URLS: `${upstream.url}?a,${upstream.url}?n=${n}`,
        FEED_A_SCHEMA: topics[n % 2]?.topic ?? '',
      }),
      ...(n % 2 === 0 && {
        FEED_B_URLS: `${upstream.url}?b`,
        FEED_B_SCHEMA: topics[n % 2]?.topic ?? '',
        FEED_B_KEY: `${n}`,
      }),
    })
    await using reloading = await startReloading(config(1), fixed(lane))
    const { daemon } = reloading
    await daemon.said('metrics on')
    for (let n = 2; n < 60; n++) {
      await reloading.write(config(n))
      for (let i = 0; i < 3; i++) daemon.signal('SIGHUP')
      await new Promise((resolve) => setTimeout(resolve, n % 7 === 0 ? 60 : 5))
    }
    await reloading.reload(config(61))
    await until(() => openSockets(upstream) === 3, { what: 'the last settings to be in force', timeoutMs: 30_000 })
    const { feeds } = await daemon.status()
    expect(
      Object.keys(feeds)
        .filter((name) => feeds[name]?.state !== 'leaving')
        .toSorted(),
    ).toEqual(['a', 'stays'])
    daemon.signal('SIGHUP')
    const { code } = await daemon.stop()
    expect([code, daemon.stderr]).toEqual([0, ''])
    expect(Object.values(daemon.log.at(-1)?.ledger ?? {}).map(imbalance)).not.toContainEqual(expect.anything())
    expect(upstream.requests.filter(({ url }) => url === '/ws?stays')).toHaveLength(1)
  }, 120_000)

  it('two feeds exchange topics, one is renamed, one goes and comes back within a second', async () => {
    await using flood = await flooding()
    const { upstream } = flood
    const topics = await Promise.all([1, 2, 3, 4].map(() => topicFor('TradeEvent')))
    const [one = '', two = '', three = '', four = ''] = topics.map(({ topic }) => topic)
    const feed = (name: string, topic: string, url = name): Env => ({
      [`FEED_${name.toUpperCase()}_URLS`]: `${upstream.url}?${url}`,
      [`FEED_${name.toUpperCase()}_SCHEMA`]: topic,
    })
    const first = { ...feed('a', one), ...feed('b', two), ...feed('c', three), ...feed('d', four) }
    await using reloading = await startReloading(first, fixed(lane))
    const { daemon } = reloading
    const flows = async (name: string) => {
      const from = (await daemon.feed(name)).ledger.messages.settled
      const isFlowing = async (): Promise<boolean> => (await daemon.feed(name)).ledger.messages.settled > from + 50
      await until(isFlowing, { what: `${name} to flow`, timeoutMs: 30_000 })
    }
    await daemon.ready()
    for (const name of ['a', 'b', 'c', 'd']) await flows(name)
    const exchanged = { ...feed('a', two), ...feed('b', one), ...feed('renamed', three, 'c') }
    await reloading.reload(exchanged)
    await reloading.reload({ ...exchanged, ...feed('d', four) })
    for (const name of ['a', 'b', 'renamed', 'd']) await flows(name)
    await reloading.reload(first)
    for (const name of ['a', 'b', 'c', 'd']) await flows(name)
    const { code } = await daemon.stop()
    expect([code, daemon.stderr]).toEqual([0, ''])
    const last = Object.entries(daemon.log.at(-1)?.ledger ?? {})
    expect(last.map(([, ledger]) => imbalance(ledger))).not.toContainEqual(expect.anything())
    if (!lane.LANE_DIR) {
      const inTopics = (await Promise.all([one, two, three, four].map((topic) => topicSize(topic)))).reduce(
        (a, b) => a + b,
      )
      const received = flood.sent.count
      expect(received - inTopics).toBeGreaterThanOrEqual(0)
      // On the wire when sockets were closed, a few bursts each.
      expect(received - inTopics).toBeLessThan(20 * 30)
    }
  }, 120_000)
})

it('with Kafka away: a feed changes, goes, comes back and goes; all is delivered when it is back', async () => {
  const kafka = await startKafka({})
  try {
    const { bootstrapServers } = kafka
    const topics = await Promise.all([1, 2].map(() => topicFor('TradeEvent', { bootstrapServers })))
    const [one = '', two = ''] = topics.map(({ topic }) => topic)
    await using upstream = await startUpstream()
    await using other = await startUpstream()
    const stays = { FEED_S_URLS: other.url, FEED_S_SCHEMA: two }
    const feed = { FEED_F_URLS: upstream.url, FEED_F_SCHEMA: one }
    await using reloading = await startReloading(
      { ...stays, ...feed },
      { BOOTSTRAP_SERVERS: bootstrapServers, DIAL_RATE: '1000' },
    )
    const { daemon } = reloading
    await until(() => upstream.sockets.length === 1 && other.sockets.length === 1, { what: 'both sockets' })
    let sent = 0
    const send = async (count: number): Promise<void> => {
      for (let n = 0; n < count; n++) upstream.sendAll(tradeText(`${sent++}`))
      await until(async () => (await daemon.feed('f')).ledger.messages.received === sent, { what: `${sent} messages` })
    }
    await send(10)
    await until(async () => (await daemon.feed('f')).ledger.messages.settled === 10, { what: 'the first' })
    kafka.pause()
    await send(100)
    await reloading.reload({ ...stays, ...feed, FEED_F_KEY: 'k' })
    await until(() => openSockets(upstream) === 1 && upstream.sockets.length === 2, {
      what: 'a second dial',
      timeoutMs: 30_000,
    })
    await send(100)
    await reloading.reload(stays)
    await until(() => openSockets(upstream) === 0, { what: 'no socket', timeoutMs: 30_000 })
    expect((await daemon.feed('f')).state).toBe('leaving')
    await reloading.reload({ ...stays, ...feed })
    await until(() => openSockets(upstream) === 1, { what: 'a third dial', timeoutMs: 30_000 })
    await send(100)
    await reloading.reload(stays)
    await reloading.reload({ ...stays, ...feed })
    await reloading.reload(stays)
    other.sendAll(tradeText('other'))
    kafka.resume()
    await daemon.said('feed f is gone', 60_000)
    await until(async () => (await topicSize(one, bootstrapServers)) >= sent, {
      what: 'all to be there',
      timeoutMs: 60_000,
    })
    await until(async () => (await daemon.feed('s')).ledger.messages.settled === 1, {
      what: 'the other feed',
      timeoutMs: 60_000,
    })
    expect(other.sockets).toHaveLength(1)
    expect(await daemon.stop()).toEqual({ code: 0, signal: null })
    expect(Object.values(daemon.log.at(-1)?.ledger ?? {}).map(imbalance)).not.toContainEqual(expect.anything())
  } finally {
    await kafka.stop()
  }
}, 180_000)
