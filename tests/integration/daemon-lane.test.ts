/** The daemon with lanes on disk: what it kept goes on to Kafka, however it was ended. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { Store } from '../../app/lane/disk/store.ts'
import { type Daemon, startDaemon } from '../support/daemon.ts'
import { imbalance, settled, topicFor, tradeFeed, tradeText } from '../support/daemon-feeds.ts'
import { readTopic, topicSize } from '../support/stack.ts'
import { until } from '../support/until.ts'
import { startUpstream } from '../support/upstream.ts'

const FEED = 'finnhub_trade'
/** Nothing listens there. */
const NO_KAFKA = { BOOTSTRAP_SERVERS: '127.0.0.1:9' }

let laneDir: string
beforeEach(async () => {
  laneDir = await mkdtemp(join(tmpdir(), 'lanes-'))
})
afterEach(() => rm(laneDir, { recursive: true, force: true }))

const idOf = (connection: number, number: number): string => `c${connection}-${String(number).padStart(7, '0')}`

/** Ids in the order of the topic's one partition. */
async function idsIn(topic: string, count: number): Promise<string[]> {
  const records = await readTopic(topic, count)
  return records.map(({ value }) => /c\d-\d{7}/.exec(value?.toString('latin1') ?? '')?.[0] ?? 'none')
}

async function holds(daemon: Daemon, messages: number): Promise<void> {
  await daemon.said('has started')
  const what = `the lane to hold ${messages} messages`
  await until(async () => (await daemon.feed(FEED)).ledger.messages.held === messages, { what })
}

describe('a daemon with lanes on disk', () => {
  it('dials without Kafka, keeps what comes, says so at its end, and delivers it at the next start', async () => {
    const { topic } = await topicFor('TradeEvent')
    const COUNT = 3_000
    await using upstream = await startUpstream({
      onSocket: (socket, n) => {
        for (let i = 0; n === 1 && i < COUNT; i++) socket.send(tradeText(idOf(n, i)))
      },
    })
    const env = { ...tradeFeed(topic, [upstream.url]), LANE_DIR: laneDir, STARTUP_TIMEOUT: '1s' }
    {
      await using daemon = startDaemon({ ...env, ...NO_KAFKA })
      await holds(daemon, COUNT)
      await daemon.said('cannot start yet')
      expect((await daemon.get('/readyz')).status).toBe(503)
      expect((await daemon.get('/healthz')).status).toBe(200)
      expect(await daemon.stop()).toEqual({ code: 0, signal: null })
      expect(daemon.log.at(-1)?.msg).toContain(`stopped with code 0; kept ${COUNT} messages for the next start`)
    }
    await using daemon = startDaemon(env)
    await daemon.said(`takes up ${COUNT} messages`)
    await daemon.said('has started')
    const ledger = await settled(daemon, FEED, COUNT)
    expect(ledger.messages).toEqual({ received: COUNT, settled: COUNT, dropped: 0, held: 0 })
    expect(await idsIn(topic, COUNT)).toEqual(Array.from({ length: COUNT }, (_, i) => idOf(1, i)))
    expect((await daemon.metrics()).value('tributary_redelivered_total', { feed: FEED })).toBe(COUNT)
    expect(await daemon.stop()).toEqual({ code: 0, signal: null })
  })

  it('calls nothing kept whose directory was removed under it, and counts it', async () => {
    const { topic } = await topicFor('TradeEvent')
    const COUNT = 3_000
    await using upstream = await startUpstream({
      onSocket: (socket) => {
        for (let i = 0; i < COUNT; i++) socket.send(tradeText(idOf(1, i)))
      },
    })
    const env = { ...tradeFeed(topic, [upstream.url]), LANE_DIR: laneDir, DRAIN_TIMEOUT: '1s' }
    await using daemon = startDaemon({ ...env, ...NO_KAFKA })
    await holds(daemon, COUNT)
    await rm(laneDir, { recursive: true })
    expect(await daemon.stop()).toEqual({ code: 1, signal: null })
    expect(daemon.log.at(-1)?.msg).toBe(`stopped with code 1; ${COUNT} messages undelivered`)
  })

  it('delivers what it holds before it ends when its directory is gone and Kafka is there', async () => {
    const { topic } = await topicFor('TradeEvent')
    let sent = 0
    await using upstream = await startUpstream({
      onSocket: (socket) => {
        const timer = setInterval(() => socket.send(tradeText(idOf(1, sent++))), 1)
        socket.on('close', () => clearInterval(timer))
      },
    })
    await using daemon = startDaemon({ ...tradeFeed(topic, [upstream.url]), LANE_DIR: laneDir })
    await until(async () => (await topicSize(topic)) > 500, { what: 'a flow' })
    await rm(laneDir, { recursive: true })
    expect((await daemon.said(`the lane of feed ${FEED} cannot write`)).msg).toContain('its files are gone from')
    expect(await daemon.stop()).toEqual({ code: 0, signal: null })
    const last = daemon.log.at(-1)
    expect(last?.msg).toBe('stopped with code 0')
    const { received = 0, settled = 0 } = last?.ledger?.[FEED]?.messages ?? {}
    expect(settled).toBe(received)
    expect(await idsIn(topic, received)).toEqual(Array.from({ length: received }, (_, i) => idOf(1, i)))
  })

  it('is killed under load, and the next one delivers what was kept, without a hole', async () => {
    const { topic } = await topicFor('TradeEvent')
    let sent = 0
    await using upstream = await startUpstream({
      onSocket: (socket, n) => {
        let i = 0
        const timer = setInterval(() => {
          for (let burst = 0; burst < 50; burst++) socket.send(tradeText(idOf(n, i++)))
          sent = Math.max(sent, i)
        }, 2)
        socket.on('close', () => clearInterval(timer))
      },
    })
    const env = { ...tradeFeed(topic, [upstream.url]), LANE_DIR: laneDir }
    const KILLS = 3
    for (let kill = 1; kill <= KILLS; kill++) {
      await using daemon = startDaemon(env)
      const before = await topicSize(topic)
      await until(async () => (await topicSize(topic)) > before + 2_000, { what: 'records to arrive' })
      // On a busy machine those were what the lane held.
      const received = async () => (await daemon.metrics()).value('tributary_messages_received_total', { feed: FEED })
      await until(async () => Number(await received()) > 2_000, { what: 'messages to arrive' })
      await daemon.stop('SIGKILL')
    }
    await using daemon = startDaemon(env)
    await daemon.ready()
    await upstream.connection(KILLS + 1)
    expect(await daemon.stop()).toEqual({ code: 0, signal: null })
    await using last = startDaemon({ ...env, ...tradeFeed(topic, ['ws://127.0.0.1:9']) })
    await last.said('has started')
    await until(async () => (await last.feed(FEED)).ledger.messages.held === 0, { what: 'the rest to be delivered' })
    expect(imbalance((await last.feed(FEED)).ledger)).toBeUndefined()

    const ids = await idsIn(topic, 0)
    for (let connection = 1; connection <= KILLS; connection++) {
      const own = ids.filter((id) => id.startsWith(`c${connection}-`))
      const first = [...new Set(own)]
      expect(first.length).toBeGreaterThan(100)
      expect(first).toEqual(Array.from({ length: first.length }, (_, i) => idOf(connection, i)))
    }
  }, 120_000)

  it('says what is left of feeds that are configured no longer', async () => {
    const { topic } = await topicFor('TradeEvent')
    await using upstream = await startUpstream({ onSocket: (socket) => socket.send(tradeText(idOf(1, 1))) })
    const env = { ...tradeFeed(topic, [upstream.url]), LANE_DIR: laneDir }
    {
      await using daemon = startDaemon({ ...env, ...NO_KAFKA })
      await holds(daemon, 1)
      await daemon.stop()
    }
    await using daemon = startDaemon({
      LANE_DIR: laneDir,
      FEED_OTHER_URLS: upstream.url,
      FEED_OTHER_SCHEMA: topic,
    })
    await daemon.said(`LANE_DIR holds a lane of ${FEED}, which is not a configured feed: 1 messages. It is kept`)
  })

  it.each([
    ['is a file', async () => writeFile(join(laneDir, FEED), ''), 'cannot be written to (EEXIST)'],
    [
      'holds a damaged lane',
      async () => {
        await mkdir(join(laneDir, FEED))
        await writeFile(join(laneDir, FEED, 'data.mdb'), 'x'.repeat(40_000))
      },
      'it is damaged',
    ],
    [
      'holds a lane of a later version',
      async () => {
        await mkdir(join(laneDir, FEED))
        const store = new Store(join(laneDir, FEED))
        await store.commit({ blocks: [], forget: [], counts: Buffer.from('{"version":9}') })
        await store.close()
      },
      'its sums have format 9, which this version cannot read. The version that wrote it delivers it; it is given up by: ',
    ],
  ])('ends with 69 when the directory %s', async (_, prepare, problem) => {
    const { topic } = await topicFor('TradeEvent')
    await prepare()
    await using daemon = startDaemon({ ...tradeFeed(topic, ['ws://127.0.0.1:9']), LANE_DIR: laneDir })
    expect(await daemon.exited).toEqual({ code: 69, signal: null })
    expect(daemon.log.map(({ msg }) => msg).join('\n')).toContain(problem)
  })

  it('ends with 69 when another daemon has the directory', async () => {
    const { topic } = await topicFor('TradeEvent')
    const env = { ...tradeFeed(topic, ['ws://127.0.0.1:9']), LANE_DIR: laneDir }
    await using first = startDaemon(env)
    await first.said('has started')
    await using second = startDaemon(env)
    expect(await second.exited).toEqual({ code: 69, signal: null })
    await second.said('another process uses it').catch(() => {})
    expect(second.stdout).toContain('another process uses it')
  })
})
