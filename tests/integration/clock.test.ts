// A machine whose clock is wrong by hours: nothing is given up because of it, and it is said.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from '@jest/globals'
import { type Daemon, startDaemon } from '../support/daemon.ts'
import { settled, topicFor, tradeFeed, tradeText } from '../support/daemon-feeds.ts'
import { createTopic, type ReadRecord, readTopic, type TopicOptions } from '../support/stack.ts'
import { until } from '../support/until.ts'
import { startUpstream, type Upstream } from '../support/upstream.ts'

const FEED = 'finnhub_trade'
const HOUR = 3_600_000
const CLOSE_MS = 5_000
const PRELOAD = new URL('../support/shifted-clock.mjs', import.meta.url).href
const folders: string[] = []

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

interface Opened {
  readonly topic: string
  readonly dead: string
  readonly daemon: Daemon
  readonly upstream: Upstream
  /** Sets the daemon's clock, in milliseconds beside the real one. */
  set(shiftMs: number): void
}

async function open(
  stack: AsyncDisposableStack,
  shiftMs: number,
  env: Record<string, string> = {},
  options: TopicOptions = {},
): Promise<Opened> {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-clock-'))
  folders.push(folder)
  const file = join(folder, 'shift')
  const set = (ms: number): void => writeFileSync(file, String(ms))
  set(shiftMs)
  const { topic } = await topicFor('TradeEvent', options)
  const dead = await createTopic({ ...options, name: `${topic}.dead-letter` })
  const upstream = stack.use(await startUpstream())
  const clock = { NODE_OPTIONS: `--import ${PRELOAD}`, CLOCK_SHIFT_FILE: file }
  const daemon = stack.use(startDaemon({ ...tradeFeed(topic, [upstream.url]), ...clock, ...env }))
  await upstream.connection(1)
  return { topic, dead, daemon, upstream, set }
}

const asideMs = ({ timestamp }: ReadRecord): number => Math.abs(timestamp - Date.now())
const header = ({ headers }: ReadRecord, name: string): string => String(headers[name])
const offset = async (daemon: Daemon) => (await daemon.metrics()).value('tributary_clock_offset_seconds') ?? 0

describe.each(['platformatic', 'kafkajs'])('with %s, a clock two hours ahead', (client) => {
  it('loses nothing: records and dead letters have the time of the broker, and the log and a gauge say so', async () => {
    await using stack = new AsyncDisposableStack()
    const { topic, dead, daemon, upstream } = await open(stack, 2 * HOUR, { KAFKA_CLIENT: client })
    for (let n = 0; n < 50; n++) upstream.sendAll(tradeText(`${n}`))
    await settled(daemon, FEED, 50)
    upstream.sendAll('Hello')
    const { documents } = await settled(daemon, FEED, 51)
    expect(documents).toMatchObject({ produced: 50, dead_lettered: 1, refused: 0, expired: 0 })
    const records = await readTopic(topic, 50)
    expect(records.filter((record) => asideMs(record) > 30_000)).toEqual([])
    const [letter] = await readTopic(dead, 1)
    const raw = Date.parse(header(letter as ReadRecord, 'tributary-received-at-raw'))
    const corrected = Date.parse(header(letter as ReadRecord, 'tributary-received-at'))
    expect(Math.abs(raw - corrected - 2 * HOUR)).toBeLessThan(CLOSE_MS)
    expect(asideMs(letter as ReadRecord)).toBeLessThan(30_000)
    await daemon.said(/clock is 7\d\d\d\.\d s ahead of that of/)
    expect(Math.abs((await offset(daemon)) + 7_200)).toBeLessThan(5)
    const ready = await daemon.get('/readyz')
    expect([ready.status, await ready.text()]).toEqual([200, expect.stringContaining('ahead of that of')])
  })
})

it('learns a clock that is behind from a topic whose times are the broker’s, and that it was set right', async () => {
  await using stack = new AsyncDisposableStack()
  const options = { config: { 'message.timestamp.type': 'LogAppendTime' } }
  const { daemon, upstream, set } = await open(stack, -2 * HOUR, {}, options)
  upstream.sendAll(tradeText('1'))
  await settled(daemon, FEED, 1)
  await daemon.said(/clock is 7\d\d\d\.\d s behind that of/)
  expect(Math.abs((await offset(daemon)) - 7_200)).toBeLessThan(5)
  set(0)
  await until(async () => Math.abs(await offset(daemon)) < 5, { what: 'the gauge to see the clock set right' })
})

it('gives nothing up when the clock is set under load, in either direction', async () => {
  await using stack = new AsyncDisposableStack()
  const { topic, daemon, upstream, set } = await open(stack, 2 * HOUR, { [`FEED_${FEED.toUpperCase()}_MAX_AGE`]: '1m' })
  let sent = 0
  for (const shift of [2 * HOUR, 0, -2 * HOUR, 0]) {
    set(shift)
    for (let n = 0; n < 200; n++) upstream.sendAll(tradeText(`${sent++}`))
    await settled(daemon, FEED, sent)
    await until(async () => Math.abs((await offset(daemon)) * 1_000 + shift) < CLOSE_MS, { what: 'the gauge' })
  }
  expect((await daemon.feed(FEED)).ledger.documents).toMatchObject({ produced: sent, expired: 0, refused: 0 })
  const records = await readTopic(topic, sent)
  expect(records.filter((record) => asideMs(record) > 60_000)).toEqual([])
})

it('learns from the registry while Kafka is away', async () => {
  await using stack = new AsyncDisposableStack()
  const lanes = mkdtempSync(join(tmpdir(), 'tributary-clock-'))
  folders.push(lanes)
  const { daemon } = await open(stack, -2 * HOUR, { BOOTSTRAP_SERVERS: '127.0.0.1:1', LANE_DIR: lanes })
  await daemon.said(/clock is 7\d\d\d\.\d s behind that of the schema registry/)
  expect(Math.abs((await offset(daemon)) - 7_200)).toBeLessThan(5)
})
