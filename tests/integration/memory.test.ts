// Kafka stopped under a flood: memory is bounded and stays where it is, and everything accepted arrives afterwards.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Kafka, startKafka } from '../../scripts/stack/kafka.ts'
import { DEFAULT_START_AT } from '../../scripts/synthesise/clock.ts'
import { tradeMessages } from '../../scripts/synthesise/kinds/trades.ts'
import { type Daemon, startDaemon } from '../support/daemon.ts'
import { settled, topicFor } from '../support/daemon-feeds.ts'
import { readTopic } from '../support/stack.ts'
import { until } from '../support/until.ts'
import { startUpstream, type Upstream } from '../support/upstream.ts'

const MIB = 1024 * 1024
const SCALE = Number(process.env.FAULT_SCALE ?? 1)
/** Kafka is away for all three: the daemon is kept busy, then left to settle, then looked at. */
const BUSY_MS = 10_000 * SCALE
const SETTLE_MS = 15_000 * SCALE
const STEADY_MS = 45_000 * SCALE
const SAMPLES = 20
/** The default. */
const LANE_BYTES = 64 * MIB
/** Node with a Kafka client is 110 MiB; the rest is the lane, what is in flight, and the slack of a heap that was busy. */
const CAP_BYTES = 512 * MIB
const EACH = 100_000
const FEW = 20_000

/** Sends the first trades of `seed` to whoever connects, and the others once `begin` resolves, as fast as they are read. */
function flood(seed: string, begin: Promise<void>): Promise<Upstream> {
  return startUpstream({
    onSocket: async (socket) => {
      const stream = tradeMessages({ seed, connection: 0, startAt: DEFAULT_START_AT })
      for (let sent = 0; sent < EACH && socket.readyState === socket.OPEN; sent++) {
        if (sent === FEW) await begin
        socket.send(stream.next().value.text)
        while (socket.bufferedAmount > 256 * 1024) await new Promise((resolve) => setTimeout(resolve, 1))
      }
    },
  })
}

interface Sample {
  readonly minutes: number
  readonly bytes: number
}

/** Steps that do not count: the heap grows by one when it is tidied up, and a step may fall on two samples. */
const STEPS_ASIDE = 2

/** Growth in bytes per minute, the largest steps aside: a leak is in all of them, a step is not a slope. */
function slope(samples: readonly Sample[]): number {
  const steps = samples
    .slice(1)
    .map((to, i) => ({ bytes: to.bytes - (samples[i]?.bytes ?? 0), minutes: to.minutes - (samples[i]?.minutes ?? 0) }))
    .sort((a, b) => b.bytes - a.bytes)
    .slice(STEPS_ASIDE)
  const sum = (of: 'bytes' | 'minutes'): number => steps.reduce((total, step) => total + step[of], 0)
  return sum('bytes') / sum('minutes')
}

/** Keeps the daemons busy, so that their heaps have the size they will stay at before anything is measured. */
async function keepBusy(daemons: readonly Daemon[]): Promise<void> {
  const endAt = performance.now() + BUSY_MS
  while (performance.now() < endAt) await Promise.all(daemons.map((daemon) => daemon.status()))
}

async function watch(daemons: readonly Daemon[]): Promise<Sample[][]> {
  const samples: Sample[][] = daemons.map(() => [])
  const startedAt = performance.now()
  for (let i = 0; i <= SAMPLES; i++) {
    if (i > 0) await new Promise((resolve) => setTimeout(resolve, STEADY_MS / SAMPLES))
    const minutes = (performance.now() - startedAt) / 60_000
    await Promise.all(daemons.map(async (daemon, n) => samples[n]?.push({ minutes, bytes: await daemon.rss() })))
  }
  return samples
}

interface Run {
  readonly client: string
  readonly seeds: readonly string[]
  readonly topic: string
  readonly daemon: Daemon
}

async function start(
  stack: AsyncDisposableStack,
  client: string,
  bootstrapServers: string,
  begin: Promise<void>,
): Promise<Run> {
  const seeds = [`${client}-0`, `${client}-1`]
  const upstreams = await Promise.all(seeds.map((seed) => flood(seed, begin)))
  for (const one of upstreams) stack.use(one)
  const { topic } = await topicFor('TradeEvent', { bootstrapServers })
  const daemon = startDaemon({
    KAFKA_CLIENT: client,
    BOOTSTRAP_SERVERS: bootstrapServers,
    FEED_FLOOD_URLS: upstreams.map(({ url }) => url).join(','),
    FEED_FLOOD_SCHEMA: topic,
    // The key tells which trade it is: nothing needs decoding.
    FEED_FLOOD_KEY_FIELD: 'trade_event_id',
  })
  return { client, seeds, topic, daemon: stack.use(daemon) }
}

function expectLevel(client: string, samples: readonly Sample[]): void {
  const highest = Math.max(...samples.map(({ bytes }) => bytes))
  expect([client, highest < CAP_BYTES ? 'bounded' : highest / MIB]).toEqual([client, 'bounded'])
  // In a shorter time the noise is larger than that.
  const isLevel = SCALE < 1 || slope(samples) < MIB
  const told = samples.map(({ bytes }) => (bytes / MIB).toFixed(1)).join(' ')
  if (process.env.SHOW) console.log(client, told)
  expect([client, isLevel ? 'level' : told]).toEqual([client, 'level'])
}

async function expectAllArrived({ client, seeds, topic, daemon }: Run, bootstrapServers: string): Promise<void> {
  const { messages, documents } = await settled(daemon, 'flood', 2 * EACH, 120_000)
  expect([client, messages]).toEqual([client, { received: 2 * EACH, settled: 2 * EACH, dropped: 0, held: 0 }])
  expect(documents.produced).toBe(2 * EACH)
  const records = await readTopic(topic, 0, { bootstrapServers, timeoutMs: 120_000 })
  const first = [...new Set(records.map(({ key }) => String(key)))]
  expect([client, first.length]).toEqual([client, 2 * EACH])
  for (const seed of seeds) {
    const stream = tradeMessages({ seed, connection: 0, startAt: DEFAULT_START_AT })
    const sent = Array.from({ length: EACH }, () => JSON.parse(stream.next().value.text).trade_event_id)
    const own = new Set(sent)
    // As one text, because a difference of 100,000 lines helps nobody.
    expect(first.filter((id) => own.has(id)).join() === sent.join()).toBe(true)
  }
}

describe('Kafka stopped under a flood', () => {
  let kafka: Kafka
  beforeAll(async () => {
    kafka = await startKafka()
  })
  afterAll(() => kafka?.stop())

  it(
    'leaves memory bounded and level with either client; everything accepted arrives when it is back',
    async () => {
      await using stack = new AsyncDisposableStack()
      const { bootstrapServers } = kafka
      const begin = Promise.withResolvers<void>()
      const runs = await Promise.all(
        ['platformatic', 'kafkajs'].map((client) => start(stack, client, bootstrapServers, begin.promise)),
      )
      const daemons = runs.map(({ daemon }) => daemon)
      for (const daemon of daemons) await settled(daemon, 'flood', 2 * FEW)
      await kafka.kill()
      begin.resolve()
      for (const daemon of daemons) {
        const isFull = async () => ((await daemon.metrics()).value('tributary_lane_bytes') ?? 0) > LANE_BYTES * 0.9
        await until(isFull, { what: 'a full lane', timeoutMs: 60_000 })
      }
      await keepBusy(daemons)
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
      const held = await Promise.all(daemons.map(async (daemon) => (await daemon.feed('flood')).ledger.messages))
      const samples = await watch(daemons)
      for (const [i, { client, daemon }] of runs.entries()) {
        expectLevel(client, samples[i] ?? [])
        // The sockets were paused and not lost: nothing came in, nothing was dropped.
        const { ledger, sources } = await daemon.feed('flood')
        expect([client, ledger.messages]).toEqual([client, held[i]])
        expect(sources.map(({ state, dials }) => `${state} ${dials}`)).toEqual(['open 1', 'open 1'])
      }
      await kafka.restart()
      for (const run of runs) {
        await expectAllArrived(run, bootstrapServers)
        expect((await run.daemon.stop()).code).toBe(0)
      }
    },
    BUSY_MS + SETTLE_MS + STEADY_MS + 300_000,
  )
})
