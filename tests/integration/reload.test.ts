// The configuration changes while the daemon runs: who notices, and what becomes of the messages.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { withAdmin } from '../../scripts/lib/kafka-admin.ts'
import { startDaemon } from '../support/daemon.ts'
import { imbalance, settled, topicFor, tradeText } from '../support/daemon-feeds.ts'
import { decode } from '../support/decode/decode.ts'
import { startReloading } from '../support/reloading.ts'
import { kafkaClient, readTopic, topicSize } from '../support/stack.ts'
import { until } from '../support/until.ts'
import { startUpstream, type Upstream } from '../support/upstream.ts'

const symbols = (upstream: Upstream, names: readonly string[]): string =>
  names.map((name) => `${upstream.url}?symbol=${name}`).join()
const ten = Array.from({ length: 10 }, (_, at) => `S${at}`)
const opened = (upstream: Upstream, count: number) =>
  until(() => upstream.sockets.length - upstream.closed.length === count && upstream.sockets.length >= count, {
    what: `${count} open sockets`,
  })

describe('a reload', () => {
  it('leaves nine of ten sockets alone when a URL in their middle changes, and forgets the tenth', async () => {
    await using upstream = await startUpstream()
    const { topic } = await topicFor('TradeEvent')
    const feed = (names: readonly string[]) => ({ FEED_F_URLS: symbols(upstream, names), FEED_F_SCHEMA: topic })
    await using reloading = await startReloading(feed(ten), { DIAL_RATE: '100' })
    const { daemon } = reloading
    await opened(upstream, 10)
    upstream.sendAll(tradeText('before'))
    await settled(daemon, 'f', 10)
    expect(await reloading.reload(feed(ten.with(4, 'NEW')))).toMatch(/with other sources or bounds: f/)
    await until(() => upstream.sockets.length > 10 && upstream.closed.length > 0, { what: 'one to go and one to come' })
    expect([upstream.sockets.length, upstream.closed]).toEqual([11, [{ code: 1001, reason: '' }]])
    expect(upstream.requests.at(-1)?.url).toBe('/ws?symbol=NEW')
    upstream.sendAll(tradeText('after'))
    const { messages } = await settled(daemon, 'f', 20)
    expect(messages).toEqual({ received: 20, settled: 20, dropped: 0, held: 0 })
    const { sources } = await daemon.feed('f')
    expect(sources.map(({ messages, dials }) => [messages, dials]).toSorted()).toEqual([
      [1, 1],
      ...ten.slice(1).map(() => [2, 1]),
    ])
    expect(sources.every(({ state }) => state === 'open')).toBe(true)
    const samples = await daemon.metrics()
    const urls = samples.all.filter(({ name }) => name === 'kafka_producer_websocket_connections_total')
    expect(urls).toHaveLength(10)
    expect(samples.value('tributary_sources', { feed: 'f', state: 'open' })).toBe(10)
    expect(samples.value('tributary_gaps_open', { feed: 'f' })).toBe(0)
    expect(samples.value('tributary_config_last_reload_successful')).toBe(1)
    expect(await daemon.stop()).toEqual({ code: 0, signal: null })
  })

  it('that is wrong changes nothing, says why, and shows in a metric until one is right', async () => {
    await using upstream = await startUpstream()
    const { topic } = await topicFor('TradeEvent')
    const feed = { FEED_F_URLS: upstream.url, FEED_F_SCHEMA: topic }
    await using reloading = await startReloading(feed)
    const { daemon } = reloading
    await opened(upstream, 1)
    const before = (await daemon.metrics()).value('tributary_config_last_reload_success_timestamp_seconds')
    expect(await reloading.reload({ ...feed, FEED_F_URLS: 'http://no' })).toMatch(/refused.*FEED_F_URLS/)
    expect(await reloading.reload('{')).toMatch(/refused.*not JSON/)
    const refused = await reloading.reload({ ...feed, DIAL_RATE: '7', LANE_DIR: '/nowhere', LOG_LEVEL: 'warn' })
    for (const name of ['DIAL_RATE', 'LOG_LEVEL', 'LANE_DIR or another setting of where lanes are']) {
      expect(refused).toContain(`${name} cannot change while the daemon runs; restart the daemon`)
    }
    const successful = (value: number) =>
      until(async () => (await daemon.metrics()).value('tributary_config_last_reload_successful') === value, {
        what: `the metric to be ${value}`,
      })
    await successful(0)
    const wrong = await daemon.metrics()
    expect(wrong.value('tributary_config_last_reload_success_timestamp_seconds')).toBe(before)
    expect(await reloading.reload(feed)).toMatch(/no feed has changed/)
    await successful(1)
    const right = await daemon.metrics()
    expect(right.value('tributary_config_last_reload_success_timestamp_seconds')).toBeGreaterThan(before ?? 0)
    expect([upstream.sockets.length, upstream.closed.length]).toEqual([1, 0])
  })

  it('starts what comes and delivers what goes, without a trace of it; the third does not notice', async () => {
    await using goes = await startUpstream()
    await using comes = await startUpstream()
    await using stays = await startUpstream()
    const topics = await Promise.all(['a', 'b', 'c'].map(() => topicFor('TradeEvent')))
    const [a, b, c] = topics.map(({ topic }) => topic)
    const third = { FEED_C_URLS: stays.url, FEED_C_SCHEMA: c }
    await using reloading = await startReloading({ ...third, FEED_A_URLS: goes.url, FEED_A_SCHEMA: a })
    const { daemon } = reloading
    await opened(goes, 1)
    await opened(stays, 1)
    for (let n = 0; n < 100; n++) goes.sendAll(tradeText(`${n}`))
    await settled(daemon, 'a', 100)
    const said = await reloading.reload({ ...third, FEED_B_URLS: comes.url, FEED_B_SCHEMA: b })
    expect(said).toMatch(/feeds added: b; removed: a$/)
    await opened(comes, 1)
    comes.sendAll(tradeText('new'))
    await settled(daemon, 'b', 1)
    await daemon.said('feed a is gone')
    expect(goes.closed.map(({ code }) => code)).toEqual([1001])
    expect(await topicSize(a ?? '')).toBe(100)
    const { feeds, schemas } = await daemon.status()
    expect(Object.keys(feeds).toSorted()).toEqual(['b', 'c'])
    expect(Object.keys(schemas).toSorted()).toEqual([`${b}-value`, `${c}-value`].toSorted())
    const traces = (await daemon.metrics()).all.filter(({ labels }) => {
      const { feed, topic = '', subject = '', url = '' } = labels
      return feed === 'a' || topic.includes(`${a}`) || subject.includes(`${a}`) || url.includes(`${goes.port}`)
    })
    expect(traces).toEqual([])
    expect([stays.sockets.length, stays.closed.length]).toEqual([1, 0])
    expect(await daemon.stop()).toEqual({ code: 0, signal: null })
  })

  it('of a changed feed drains it and starts it again: its sums go on, its gap is told', async () => {
    await using upstream = await startUpstream()
    const { topic } = await topicFor('TradeEvent')
    const feed = { FEED_F_URLS: upstream.url, FEED_F_SCHEMA: topic, FEED_F_KEY: 'old' }
    await using reloading = await startReloading(feed)
    const { daemon } = reloading
    await opened(upstream, 1)
    for (let n = 0; n < 50; n++) upstream.sendAll(tradeText(`${n}`))
    await settled(daemon, 'f', 50)
    expect(await reloading.reload({ ...feed, FEED_F_KEY: 'new' })).toMatch(/starting again: f/)
    await until(() => upstream.sockets.length === 2, { what: 'a second dial' })
    upstream.sendAll(tradeText('50'))
    const { messages } = await settled(daemon, 'f', 51)
    expect(messages).toEqual({ received: 51, settled: 51, dropped: 0, held: 0 })
    const keys = (await readTopic(topic, 51)).map(({ key }) => key?.toString())
    expect(keys).toEqual([...Array.from({ length: 50 }, () => 'old'), 'new'])
    const samples = await daemon.metrics()
    expect(samples.value('tributary_gap_seconds_total', { feed: 'f', reason: 'restart' })).toBeGreaterThan(0)
    expect((await daemon.feed('f')).sources).toHaveLength(1)
  })

  it('hands what a feed holds to its successor as it came, when the topic does not take it', async () => {
    await using upstream = await startUpstream()
    const [{ topic: old }, { topic }] = await Promise.all([topicFor('TradeEvent'), topicFor('TradeEvent')])
    const feed = { FEED_F_URLS: upstream.url, FEED_F_SCHEMA: old, FEED_F_MAX_AGE: '1h' }
    await using reloading = await startReloading(feed, { MAX_IN_FLIGHT_BATCHES: '1' })
    const { daemon } = reloading
    await opened(upstream, 1)
    upstream.sendAll(tradeText('0'))
    await settled(daemon, 'f', 1)
    await withAdmin(kafkaClient(), (admin) => admin.deleteTopics({ topics: [old] }))
    const received = async (count: number) =>
      until(async () => (await daemon.feed('f')).ledger.messages.received === count, { what: `${count} messages` })
    upstream.sendAll(tradeText('1'))
    await received(2)
    for (let n = 2; n < 20; n++) upstream.sendAll(tradeText(`${n}`))
    await received(20)
    expect((await daemon.feed('f')).ledger.messages).toMatchObject({ settled: 1, held: 19 })
    await reloading.reload({ ...feed, FEED_F_SCHEMA: topic })
    await until(async () => (await topicSize(topic)) > 0, {
      what: 'the first record of the successor',
      timeoutMs: 20_000,
    })
    const records = await decode(await readTopic(topic, 18))
    expect(records.map(({ content }) => content.trade_event_id)).toEqual(
      Array.from({ length: 18 }, (_, at) => `${at + 2}`),
    )
    const { ledger } = await daemon.feed('f')
    expect(imbalance(ledger)).toBeUndefined()
    expect(ledger.messages).toMatchObject({ received: 20, settled: 19, held: 1 })
    expect((await daemon.stop()).code).toBe(1)
    expect(daemon.log.at(-1)?.msg).toContain('1 messages undelivered')
  })

  it('keeps a feed that goes until it could deliver, counts what it could not, and takes it back', async () => {
    await using upstream = await startUpstream()
    await using other = await startUpstream()
    const [{ topic: gone }, { topic }] = await Promise.all([topicFor('TradeEvent'), topicFor('TradeEvent')])
    const stays = { FEED_S_URLS: other.url, FEED_S_SCHEMA: topic }
    const goes = { FEED_G_URLS: upstream.url, FEED_G_SCHEMA: gone }
    await using reloading = await startReloading({ ...stays, ...goes })
    const { daemon } = reloading
    await opened(upstream, 1)
    upstream.sendAll(tradeText('0'))
    await settled(daemon, 'g', 1)
    await withAdmin(kafkaClient(), (admin) => admin.deleteTopics({ topics: [gone] }))
    upstream.sendAll(tradeText('1'))
    await until(async () => (await daemon.feed('g')).ledger.messages.received === 2, { what: 'the second message' })
    await reloading.reload(stays)
    await until(() => upstream.closed.length === 1, { what: 'its socket to be closed' })
    await until(async () => (await daemon.feed('g')).state === 'leaving', { what: 'it to leave' })
    expect((await daemon.feed('g')).ledger.messages.held).toBe(1)
    expect((await daemon.status()).verdict).toContain('feed g is leaving')
    await reloading.reload({ ...stays, ...goes, FEED_G_SCHEMA: topic })
    await until(() => upstream.sockets.length === 2, { what: 'a new dial', timeoutMs: 20_000 })
    upstream.sendAll(tradeText('2'))
    await until(async () => (await daemon.feed('g')).ledger.messages.settled === 2, { what: 'the third message' })
    expect((await daemon.feed('g')).ledger.messages).toEqual({ received: 3, settled: 2, dropped: 0, held: 1 })
    await reloading.reload(stays)
    await until(async () => (await daemon.feed('g')).state === 'leaving', { what: 'it to leave again' })
    expect(await daemon.stop()).toEqual({ code: 1, signal: null })
    expect(daemon.log.at(-1)?.msg).toContain('1 messages undelivered')
    expect(other.closed).toHaveLength(1)
  })

  it('by SIGHUP reads files again that hold settings; their other lines keep their sockets', async () => {
    await using upstream = await startUpstream()
    const { topic } = await topicFor('TradeEvent')
    const folder = await mkdtemp(join(tmpdir(), 'urls-'))
    const file = join(folder, 'urls')
    const write = (names: readonly string[]) => writeFile(file, symbols(upstream, names).replaceAll(',', '\n'))
    await write(ten.slice(0, 3))
    await using daemon = startDaemon({ FEED_F_URLS_FILE: file, FEED_F_SCHEMA: topic, DIAL_RATE: '100' })
    await opened(upstream, 3)
    await write(['S0', 'FIRST', 'S2', 'S1'])
    daemon.signal('SIGHUP')
    await daemon.said('with other sources or bounds: f')
    await opened(upstream, 4)
    expect(upstream.requests.map(({ url }) => url?.split('=')[1])).toEqual(['S0', 'S1', 'S2', 'FIRST'])
    expect(upstream.closed).toEqual([])
    // Each is dialled again with the line that its URL stands in now.
    for (const socket of upstream.sockets) socket.close(1000)
    await until(() => upstream.sockets.length === 8, { what: 'new dials', timeoutMs: 20_000 })
    const again = upstream.requests.slice(4).map(({ url }) => url?.split('=')[1])
    expect(again.toSorted()).toEqual(['FIRST', 'S0', 'S1', 'S2'])
    expect(await daemon.stop()).toEqual({ code: 0, signal: null })
    await rm(folder, { recursive: true })
  })
})

describe('SIGTERM', () => {
  it('at any moment of a reload ends the daemon in order', async () => {
    await using upstream = await startUpstream()
    const topics = await Promise.all(Array.from({ length: 3 }, () => topicFor('TradeEvent')))
    const all = topics.map(({ topic }, at) => ({
      [`FEED_F${at}_URLS`]: symbols(upstream, ten),
      [`FEED_F${at}_SCHEMA`]: topic,
    }))
    for (const delayMs of [0, 2, 5, 10, 20, 50, 150]) {
      const first = { ...all[0], ...all[1] }
      await using reloading = await startReloading(first, { DIAL_RATE: '1000', DRAIN_TIMEOUT: '5s' })
      const { daemon } = reloading
      await daemon.ready()
      await opened(upstream, 20)
      upstream.sendAll(tradeText('x'))
      await reloading.write({ ...all[1], ...all[2], FEED_F1_KEY: 'k' })
      daemon.signal('SIGHUP')
      await new Promise((resolve) => setTimeout(resolve, delayMs))
      const at = performance.now()
      const { code } = await daemon.stop()
      expect([delayMs, code]).toEqual([delayMs, 0])
      expect(performance.now() - at).toBeLessThan(5_000 + 2_000)
      expect(Object.values(daemon.log.at(-1)?.ledger ?? {}).map(imbalance)).not.toContainEqual(expect.anything())
      await opened(upstream, 0)
    }
  })
})
