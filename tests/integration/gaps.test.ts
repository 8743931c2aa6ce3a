/** What was missed is told: gap records in a real Kafka, read with another decoder, through losses, kills and restarts. */
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { withAdmin } from '../../scripts/lib/kafka-admin.ts'
import { startKafka } from '../../scripts/stack/kafka.ts'
import { type Daemon, startDaemon } from '../support/daemon.ts'
import { settled, topicFor, tradeFeed, tradeText } from '../support/daemon-feeds.ts'
import { decode } from '../support/decode/decode.ts'
import { createTopic, kafkaClient, readTopic, registerSchema, uniqueName } from '../support/stack.ts'
import { until } from '../support/until.ts'
import { startUpstream, type Upstream } from '../support/upstream.ts'

const FEED = 'finnhub_trade'
const SCHEMA = readFileSync(new URL('../../schemas/tributary.gaps.avsc', import.meta.url), 'utf8')
/** Between an upstream's write and our read. */
const ON_ITS_WAY_MS = 250

interface GapContent {
  readonly feed: string
  readonly source: string
  readonly reason: string
  readonly began_at: number
  readonly ended_at: number
  readonly last_message_at: number | null
  readonly close_code: number | null
  readonly dials: number
  readonly sequence_from: number | null
  readonly sequence_to: number | null
}

let laneDir: string
beforeEach(async () => {
  laneDir = await mkdtemp(join(tmpdir(), 'lanes-'))
})
afterEach(() => rm(laneDir, { recursive: true, force: true }))

async function gapsTopic(): Promise<string> {
  const topic = uniqueName('gaps')
  await Promise.all([registerSchema(`${topic}-value`, SCHEMA), createTopic({ name: topic })])
  return topic
}

async function gapsIn(topic: string, count: number): Promise<GapContent[]> {
  const records = await readTopic(topic, count)
  const contents = (await decode(records)).map(({ content }) => content as unknown as GapContent)
  expect(records.map(({ key }) => key?.toString())).toEqual(contents.map(({ source }) => source))
  return contents
}

/** An upstream that can be away: then it answers dials with 503. */
async function leaving(onSocket: Parameters<typeof startUpstream>[0] = {}) {
  const state = { isThere: true, refused: 0 }
  const upstream = await startUpstream({
    ...onSocket,
    verifyClient: (_info, answer) => {
      if (!state.isThere) state.refused++
      answer(state.isThere, 503)
    },
  })
  return { state, upstream, [Symbol.asyncDispose]: () => upstream.close() }
}

async function received(daemon: Daemon, messages: number): Promise<void> {
  await daemon.said('has started')
  const isThere = async (): Promise<boolean> => (await daemon.feed(FEED)).ledger.messages.received >= messages
  await until(isThere, { what: `${messages} messages` })
}

describe('gap records', () => {
  it('say why, from when to when, and after which message; meanwhile /status and the metrics do', async () => {
    const [{ topic }, gaps] = await Promise.all([topicFor('TradeEvent'), gapsTopic()])
    await using away = await leaving({ onSocket: (socket, n) => socket.send(tradeText(`t${n}`)) })
    const { state, upstream } = away
    await using daemon = startDaemon({ ...tradeFeed(topic, [upstream.url]), GAPS_TOPIC: gaps, BACKOFF_MAX: '1s' })
    await daemon.ready()
    await settled(daemon, FEED, 1)
    const closedAt = Date.now()
    state.isThere = false
    upstream.sockets[0]?.close(1011, 'gone')
    await until(() => state.refused >= 2, { what: 'dials in vain' })
    const [open] = (await daemon.feed(FEED)).sources as unknown as { gap: { reason: string; dials: number } }[]
    expect(open?.gap).toMatchObject({ reason: 'closed' })
    const metrics = await daemon.metrics()
    expect(metrics.value('tributary_gaps_open', { feed: FEED })).toBe(1)
    expect(metrics.value('tributary_gap_records_in_use')).toBe(1)
    const seconds = async () =>
      (await daemon.metrics()).value('tributary_gap_seconds_total', { feed: FEED, reason: 'closed' })
    await until(async () => ((await seconds()) ?? 0) > 0.5, { what: 'the counter to grow while the gap is open' })
    state.isThere = true
    await settled(daemon, FEED, 2)
    const returnedAt = Date.now()
    const [gap] = await gapsIn(gaps, 1)
    expect(gap).toEqual({
      feed: FEED,
      source: upstream.url,
      reason: 'closed',
      began_at: expect.any(Number),
      ended_at: expect.any(Number),
      last_message_at: expect.any(Number),
      close_code: 1011,
      dials: state.refused + 1,
      sequence_from: null,
      sequence_to: null,
    })
    const { began_at = 0, ended_at = 0, last_message_at } = gap ?? {}
    expect(last_message_at).toBeLessThanOrEqual(closedAt)
    expect(began_at).toBeGreaterThanOrEqual(closedAt)
    expect(ended_at).toBeGreaterThan(began_at)
    expect(ended_at).toBeLessThanOrEqual(returnedAt)
    expect((await daemon.metrics()).value('tributary_gaps_open', { feed: FEED })).toBe(0)
    expect((await daemon.metrics()).all.filter(({ labels }) => labels.url === 'tributary.gaps')).toEqual([])
    expect(await daemon.stop()).toEqual({ code: 0, signal: null })
  })

  it('of a daemon with lanes in memory end with it, also when their topic comes late', async () => {
    const { topic } = await topicFor('TradeEvent')
    const gaps = uniqueName('gaps')
    await using away = await leaving()
    await using daemon = startDaemon({ ...tradeFeed(topic, [away.upstream.url]), GAPS_TOPIC: gaps })
    await daemon.said('feed tributary.gaps cannot start yet')
    await daemon.ready()
    const socket = await away.upstream.connection(1)
    away.state.isThere = false
    socket.close(1011)
    await until(() => away.state.refused > 0, { what: 'a dial in vain' })
    await Promise.all([registerSchema(`${gaps}-value`, SCHEMA), createTopic({ name: gaps })])
    await daemon.said('feed tributary.gaps runs')
    expect(await daemon.stop()).toEqual({ code: 0, signal: null })
    const [gap] = await gapsIn(gaps, 1)
    expect(gap).toMatchObject({ reason: 'closed', close_code: 1011, last_message_at: null })
    expect(daemon.log.at(-1)?.ledger?.['tributary.gaps']?.messages).toMatchObject({ received: 1, settled: 1, held: 0 })
  })

  it('cover what is lost when the daemon is killed', async () => {
    const [{ topic }, gaps] = await Promise.all([topicFor('TradeEvent'), gapsTopic()])
    const sent = new Map<string, number>()
    const send = (upstream: Upstream['sockets'][0], n: number): void => {
      let i = 0
      const timer = setInterval(() => {
        for (let burst = 0; burst < 10; burst++) {
          const id = `c${n}-${String(i++).padStart(7, '0')}`
          sent.set(id, Date.now())
          upstream.send(tradeText(id))
        }
      }, 2)
      upstream.on('close', () => clearInterval(timer))
    }
    await using upstream = await startUpstream({ onSocket: send })
    const env = { ...tradeFeed(topic, [upstream.url]), LANE_DIR: laneDir, GAPS_TOPIC: gaps }
    const KILLS = 2
    for (let kill = 1; kill <= KILLS; kill++) {
      await using daemon = startDaemon(env)
      await daemon.ready()
      await received(daemon, kill * 4_000)
      await daemon.stop('SIGKILL')
    }
    await using daemon = startDaemon(env)
    await upstream.connection(KILLS + 1)
    await daemon.ready()
    const told = (await gapsIn(gaps, KILLS)).filter(({ reason }) => reason === 'death')
    expect(told.length).toBeGreaterThanOrEqual(KILLS)
    await daemon.stop()
    await using last = startDaemon({ ...env, ...tradeFeed(topic, ['ws://127.0.0.1:9']) })
    await last.said('has started')
    await until(async () => (await last.feed(FEED)).ledger.messages.held === 0, { what: 'the rest to be delivered' })
    const records = await readTopic(topic, 0)
    const there = new Set(records.map(({ value }) => /c\d-\d{7}/.exec(value?.toString('latin1') ?? '')?.[0]))
    const missing = [...sent].filter(([id]) => Number(id[1]) <= KILLS && !there.has(id))
    const outside = missing.filter(
      ([, at]) =>
        !told.some(
          ({ last_message_at, began_at, ended_at }) =>
            at >= (last_message_at ?? began_at) - ON_ITS_WAY_MS && at <= ended_at,
        ),
    )
    expect(outside).toEqual([])
    // The daemon was well until shortly before each kill.
    for (const { began_at, ended_at } of told) expect(ended_at - began_at).toBeLessThan(60_000)
  }, 180_000)

  it('tell a restart, and an open gap goes on over it as it began; a broken state is warned about', async () => {
    const [{ topic }, gaps] = await Promise.all([topicFor('TradeEvent'), gapsTopic()])
    await using well = await leaving({ onSocket: (socket, n) => socket.send(tradeText(`w${n}`)) })
    await using ill = await leaving({ onSocket: (socket, n) => socket.send(tradeText(`i${n}`)) })
    const urls = [well.upstream.url, ill.upstream.url]
    const env = { ...tradeFeed(topic, urls), LANE_DIR: laneDir, GAPS_TOPIC: gaps }
    let lostAt = 0
    {
      await using daemon = startDaemon(env)
      await received(daemon, 2)
      ill.state.isThere = false
      lostAt = Date.now()
      ill.upstream.sockets[0]?.close(3001)
      await until(() => ill.state.refused > 0, { what: 'a dial in vain' })
      expect(await daemon.stop()).toEqual({ code: 0, signal: null })
    }
    const stoppedAt = Date.now()
    ill.state.isThere = true
    {
      await using daemon = startDaemon(env)
      await received(daemon, 4)
      const told = await gapsIn(gaps, 2)
      expect(told.find(({ source }) => source === urls[0])).toMatchObject({
        reason: 'restart',
        close_code: null,
        dials: 1,
      })
      const open = told.find(({ source }) => source === urls[1])
      expect(open).toMatchObject({ reason: 'closed', close_code: 3001 })
      expect(open?.began_at).toBeGreaterThanOrEqual(lostAt)
      expect(open?.began_at).toBeLessThan(stoppedAt)
      expect(open?.ended_at).toBeGreaterThan(stoppedAt)
      expect(open?.dials).toBeGreaterThanOrEqual(2)
      await daemon.stop()
    }
    await writeFile(join(laneDir, FEED, 'gaps.json'), '{"version":1,"stop')
    await using daemon = startDaemon(env)
    expect(await daemon.said('gaps since the last run are not known')).toMatchObject({ level: 'warn' })
    await received(daemon, 6)
    expect((await daemon.metrics()).value('tributary_gap_seconds_total', { feed: FEED })).toBeUndefined()
  }, 90_000)

  it('name sequence numbers that are missing', async () => {
    const [{ topic }, gaps] = await Promise.all([topicFor('TradeEvent'), gapsTopic()])
    await using upstream = await startUpstream({
      onSocket: (socket) => {
        for (const seq of [7, 8, 12, 12, 13]) socket.send(tradeText(`s${seq}`, { meta: { seq } }))
      },
    })
    await using daemon = startDaemon({
      ...tradeFeed(topic, [upstream.url]),
      FEED_FINNHUB_TRADE_SEQUENCE_FIELD: 'meta.seq',
      GAPS_TOPIC: gaps,
    })
    await daemon.ready()
    await settled(daemon, FEED, 5)
    const [gap] = await gapsIn(gaps, 1)
    expect(gap).toMatchObject({ reason: 'sequence', sequence_from: 9, sequence_to: 11, dials: 0 })
    const metrics = await daemon.metrics()
    expect(metrics.value('tributary_sequence_missing_total', { feed: FEED })).toBe(3)
    expect(metrics.value('tributary_sequence_repeated_total', { feed: FEED })).toBe(1)
  })
})

describe('without GAPS_TOPIC', () => {
  it('nothing is created where nothing is, gaps are counted all the same, and told once the topic is there', async () => {
    // A broker that would create topics for whoever asks.
    const kafka = await startKafka({ properties: { 'auto.create.topics.enable': 'true' } })
    try {
      const { bootstrapServers } = kafka
      const { topic } = await topicFor('TradeEvent', { bootstrapServers })
      await using away = await leaving({ onSocket: (socket, n) => socket.send(tradeText(`t${n}`)) })
      const { state, upstream } = away
      const env = { ...tradeFeed(topic, [upstream.url]), BOOTSTRAP_SERVERS: bootstrapServers }
      const lose = async (daemon: Daemon): Promise<void> => {
        await daemon.ready()
        await received(daemon, 1)
        upstream.sockets.at(-1)?.close(1011)
        await received(daemon, 2)
      }
      for (const client of ['platformatic', 'kafkajs']) {
        await using daemon = startDaemon({ ...env, KAFKA_CLIENT: client })
        expect(await daemon.said('gaps are counted, but not told in a topic')).toMatchObject({ level: 'info' })
        await lose(daemon)
        const metrics = await daemon.metrics()
        expect(metrics.value('tributary_gap_records_in_use')).toBe(0)
        expect(metrics.value('tributary_gap_seconds_total', { feed: FEED, reason: 'closed' })).toBeGreaterThan(0)
        const warnings = daemon.log.filter(({ level }) => level === 'warn' || level === 'error')
        expect(warnings.filter(({ msg }) => /gap/.test(msg))).toEqual([])
        expect(await daemon.stop()).toEqual({ code: 0, signal: null })
      }
      const topics = await withAdmin(kafkaClient(bootstrapServers), (admin) => admin.listTopics())
      expect(topics.filter((name) => name.includes('gaps'))).toEqual([])

      await createTopic({ name: 'tributary.gaps', bootstrapServers })
      await registerSchema('tributary.gaps-value', SCHEMA)
      await using daemon = startDaemon(env)
      await daemon.said('feed tributary.gaps runs')
      await lose(daemon)
      const records = await readTopic('tributary.gaps', 1, { bootstrapServers })
      expect((await decode(records))[0]?.content).toMatchObject({ reason: 'closed', close_code: 1011 })
      expect(state.refused).toBe(0)
    } finally {
      await kafka.stop()
    }
  }, 120_000)
})
