// Start and stop: exit codes, what is said, and what becomes of the messages that are under way.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Kafka, startKafka } from '../../scripts/stack/kafka.ts'
import { startDaemon } from '../support/daemon.ts'
import { imbalance, schemaText, settled, topicFor, tradeFeed, tradeText } from '../support/daemon-feeds.ts'
import { decode } from '../support/decode/decode.ts'
import { createTopic, readTopic, registerSchema, uniqueName } from '../support/stack.ts'
import { until } from '../support/until.ts'
import { startUpstream, type Upstream } from '../support/upstream.ts'
import { refusedPort, startRawUpstream } from '../support/upstream-raw.ts'

/** Sends numbered trades on every connection, about 10,000 a second each, until the connection ends. */
function flooding(): Promise<Upstream> {
  return startUpstream({
    onSocket: (socket) => {
      let n = 0
      const burst = setInterval(() => {
        for (let i = 0; i < 100; i++) socket.send(tradeText(String(n++)))
      }, 10)
      socket.on('close', () => clearInterval(burst))
    },
  })
}

describe('a stop', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'by %s under load delivers all that was received, tells it, and ends with 0',
    async (signal) => {
      await using upstream = await flooding()
      const { topic } = await topicFor('TradeEvent')
      await using daemon = startDaemon(tradeFeed(topic, [upstream.url, `${upstream.url}?second`]))
      await until(async () => (await daemon.feed('finnhub_trade')).ledger.documents.produced > 2_000, {
        what: 'a flow',
      })
      expect(await daemon.stop(signal)).toEqual({ code: 0, signal: null })
      expect(upstream.closed.map(({ code }) => code)).toEqual([1001, 1001])
      const last = daemon.log.at(-1)
      expect(last?.msg).toBe('stopped with code 0')
      const ledger = last?.ledger?.finnhub_trade
      if (!ledger) throw new Error('no ledger in the last line')
      expect(imbalance(ledger)).toBeUndefined()
      expect(ledger.messages).toMatchObject({ held: 0, dropped: 0, settled: ledger.messages.received })
      expect(ledger.documents).toMatchObject({ produced: ledger.messages.received, in_flight: 0, refused: 0 })
      // Both connections sent the same numbers: what was received is the beginning of each.
      const records = await decode(await readTopic(topic, ledger.documents.produced))
      const times = new Map<number, number>()
      const highest = [-1, -1]
      for (const { content } of records) {
        const n = Number(content.trade_event_id)
        times.set(n, (times.get(n) ?? 0) + 1)
        const from = highest.indexOf(n - 1)
        expect(from).not.toBe(-1)
        highest[from] = n
      }
      expect(records).toHaveLength((highest[0] ?? 0) + (highest[1] ?? 0) + 2)
      expect(daemon.stderr).toBe('')
    },
  )

  it('ends at once while it still waits for a schema', async () => {
    await using upstream = await startUpstream()
    await using daemon = startDaemon(tradeFeed(uniqueName('nothing'), [upstream.url]))
    await daemon.said('cannot start yet')
    expect(await daemon.stop()).toEqual({ code: 0, signal: null })
  })

  describe('while Kafka is down', () => {
    let kafka: Kafka
    beforeAll(async () => {
      kafka = await startKafka()
    })
    afterAll(() => kafka?.stop())

    it('gives up after DRAIN_TIMEOUT with 1 and the count; a second signal ends it at once with 128 and its number', async () => {
      await using stack = new AsyncDisposableStack()
      const upstream = stack.use(await startUpstream())
      const { bootstrapServers } = kafka
      const { topic } = await topicFor('TradeEvent', { bootstrapServers })
      const env = { ...tradeFeed(topic, [upstream.url]), BOOTSTRAP_SERVERS: bootstrapServers }
      const patient = stack.use(startDaemon({ ...env, DRAIN_TIMEOUT: '1h' }))
      const another = stack.use(startDaemon({ ...env, DRAIN_TIMEOUT: '1h' }))
      const hasty = stack.use(startDaemon({ ...env, DRAIN_TIMEOUT: '1s' }))
      const all = [patient, another, hasty]
      await upstream.connection(3)
      await kafka.kill()
      for (let i = 0; i < 50; i++) upstream.sendAll(tradeText(String(i)))
      for (const daemon of all) {
        await until(async () => (await daemon.feed('finnhub_trade')).ledger.messages.received === 50, {
          what: 'all messages',
        })
      }
      for (const daemon of all) daemon.signal('SIGTERM')
      for (const daemon of [patient, another]) await daemon.said('SIGTERM: stopping')
      expect(await patient.stop('SIGTERM')).toEqual({ code: 128 + 15, signal: null })
      expect(await another.stop('SIGINT')).toEqual({ code: 128 + 2, signal: null })

      expect(await hasty.exited).toEqual({ code: 1, signal: null })
      const last = hasty.log.at(-1)
      expect(last?.msg).toBe('stopped with code 1; 50 messages undelivered')
      expect(last?.ledger?.finnhub_trade?.messages).toEqual({ received: 50, settled: 0, dropped: 0, held: 50 })
      expect(imbalance(last?.ledger?.finnhub_trade as never)).toBeUndefined()
      expect(hasty.log.filter(({ msg }) => msg.includes('holding and trying again'))).toHaveLength(1)
      await kafka.restart()
    })
  })
})

describe('a start that cannot work', () => {
  const feed = tradeFeed('TradeEvent', ['ws://127.0.0.1:9/ws'])

  it('ends with 78 and every problem of the configuration', async () => {
    await using daemon = startDaemon({
      ...tradeFeed('Trade Event', ['http://user:canary@example.org', 'ws://ok/ws']),
      BOOTSTRAP_SERVERS: undefined,
      SCHEMA_REGISTRY_URL: 'nowhere',
      METRICS_PORT: '70000',
      FEED_FINNHUB_TRADE_BACKOF_MAX: '1s',
      FEED_OTHER_SCHEMA: 'x',
      DRAIN_TIMEOUT: 'soon',
    })
    expect(await daemon.exited).toEqual({ code: 78, signal: null })
    const problems = daemon.stderr.split('\n').filter((line) => line.startsWith('  - '))
    for (const variable of [
      'BOOTSTRAP_SERVERS',
      'SCHEMA_REGISTRY_URL',
      'METRICS_PORT',
      'FINNHUB_DATA_URLS',
      'KAFKA_TOPIC_FINNHUB_TRADE',
      'FEED_FINNHUB_TRADE_BACKOFF_MAX',
      'FEED_OTHER_URLS',
      'DRAIN_TIMEOUT',
    ]) {
      expect([variable, problems.filter((line) => line.includes(variable)).length]).toEqual([variable, 1])
    }
    expect(problems).toHaveLength(8)
    expect(daemon.stderr).not.toContain('canary')
    expect(daemon.stdout).toBe('')
  })

  it('ends with 69 when the port is taken, and names the variable', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    try {
      await using daemon = startDaemon({ ...feed, METRICS_PORT: String(port) })
      expect(await daemon.exited).toEqual({ code: 69, signal: null })
      expect(daemon.stdout).toMatch(new RegExp(`METRICS_PORT ${port}.*EADDRINUSE`))
    } finally {
      await new Promise((resolve) => server.close(resolve))
    }
  })

  it.each(['platformatic', 'kafkajs'])(
    'ends with 69 when Kafka is not there by STARTUP_TIMEOUT, and names address and cure (%s)',
    async (client) => {
      const { topic } = await topicFor('TradeEvent')
      const address = `127.0.0.1:${await refusedPort()}`
      await using daemon = startDaemon({
        ...tradeFeed(topic, ['ws://127.0.0.1:9/ws']),
        KAFKA_CLIENT: client,
        BOOTSTRAP_SERVERS: address,
        STARTUP_TIMEOUT: '2s',
      })
      expect(await daemon.exited).toEqual({ code: 69, signal: null })
      const { msg } = await daemon.said('could not start')
      expect(msg).toContain(address)
      expect(msg).toContain('BOOTSTRAP_SERVERS')
    },
  )

  it('ends with 69 when the registry is not there, and names address and cure', async () => {
    const { topic } = await topicFor('TradeEvent')
    const address = `127.0.0.1:${await refusedPort()}`
    await using daemon = startDaemon({
      ...tradeFeed(topic, ['ws://127.0.0.1:9/ws']),
      SCHEMA_REGISTRY_URL: `http://${address}`,
      STARTUP_TIMEOUT: '2s',
    })
    expect(await daemon.exited).toEqual({ code: 69, signal: null })
    const { msg } = await daemon.said('could not start')
    expect(msg).toContain(address)
    expect(msg).toContain('SCHEMA_REGISTRY_URL')
  })

  it('ends with 69 when subject or topic is missing, and names it and the cure', async () => {
    const noSubject = await createTopic()
    const noTopic = uniqueName('TradeEvent')
    await registerSchema(`${noTopic}-value`, schemaText('TradeEvent'))
    await using daemon = startDaemon({
      FEED_A_URLS: 'ws://127.0.0.1:9/ws',
      FEED_A_SCHEMA: noSubject,
      FEED_B_URLS: 'ws://127.0.0.1:9/ws',
      FEED_B_SCHEMA: noTopic,
      STARTUP_TIMEOUT: '3s',
    })
    expect(await daemon.exited).toEqual({ code: 69, signal: null })
    expect((await daemon.said('feed a could not start')).msg).toMatch(
      new RegExp(`no subject ${noSubject}-value.*register`),
    )
    expect((await daemon.said('feed b could not start')).msg).toMatch(new RegExp(`${noTopic}.*create`))
  })
})

describe('a feed that cannot start', () => {
  it('is parked and visible while others flow, and starts once its subject is registered', async () => {
    await using healthy = await startUpstream()
    await using waiting = await startUpstream()
    const { topic } = await topicFor('TradeEvent')
    const late = await createTopic()
    await using daemon = startDaemon({
      ...tradeFeed(topic, [healthy.url]),
      FEED_LATE_URLS: waiting.url,
      FEED_LATE_SCHEMA: late,
      STARTUP_TIMEOUT: '1s',
    })
    const parked = await daemon.said('feed late cannot start yet')
    expect(parked).toMatchObject({ level: 'warn', feed: 'late', reason: 'no_subject' })
    ;(await healthy.connection(1)).send(tradeText('1'))
    await settled(daemon, 'finnhub_trade', 1)
    await daemon.ready()
    expect(await daemon.feed('late')).toMatchObject({
      state: 'parked',
      detail: expect.stringContaining(`${late}-value`),
    })
    expect((await daemon.status()).verdict).toMatch(/^1 of 2 feeds run; feed late is parked: /)
    expect((await daemon.metrics()).value('tributary_feed_parked', { feed: 'late' })).toBe(1)
    expect((await daemon.metrics()).value('tributary_feed_parked', { feed: 'finnhub_trade' })).toBe(0)
    expect(waiting.sockets).toEqual([])

    await registerSchema(`${late}-value`, schemaText('TradeEvent'))
    ;(await waiting.connection(1)).send(tradeText('2'))
    await settled(daemon, 'late', 1)
    expect(await daemon.feed('late')).toMatchObject({ state: 'running' })
    // A page of metrics is up to 250 ms old.
    const isUnparked = async () => (await daemon.metrics()).value('tributary_feed_parked', { feed: 'late' }) === 0
    await until(isUnparked, { what: 'the metric to say that feed late is not parked' })
    expect(daemon.log.filter(({ msg }) => msg.includes('feed late cannot start yet'))).toHaveLength(1)
    expect(await readTopic(late, 1)).toHaveLength(1)
    expect((await daemon.stop()).code).toBe(0)
  })

  it('holds up nobody, and neither does a source that never comes up', async () => {
    await using upstream = await startUpstream()
    await using refusing = await startUpstream({ verifyClient: () => false })
    await using silent = await startRawUpstream(() => {})
    const { topic } = await topicFor('TradeEvent')
    const closed = `ws://127.0.0.1:${await refusedPort()}/ws`
    await using daemon = startDaemon(
      tradeFeed(topic, [silent.url, refusing.url, closed, 'ws://nobody.invalid/ws', upstream.url]),
    )
    ;(await upstream.connection(1)).send(tradeText('1'))
    await settled(daemon, 'finnhub_trade', 1)
    const { sources } = await daemon.feed('finnhub_trade')
    expect(sources.map(({ state }) => state === 'open')).toEqual([false, false, false, false, true])
    expect((await daemon.stop()).code).toBe(0)
  })
})
