// What the daemon promises while the programs around it go away and come back: nothing accepted is lost, order is kept, it never restarts.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Kafka, startKafka } from '../../scripts/stack/kafka.ts'
import { startRegistry } from '../../scripts/stack/registry.ts'
import type { SynthesiserOptions } from '../../scripts/synthesise/options.ts'
import { type Synthesiser, startSynthesiser } from '../../scripts/synthesise/server.ts'
import { type Daemon, startDaemon } from '../support/daemon.ts'
import { schemaText, settled, topicFor, tradeFeed, tradeText } from '../support/daemon-feeds.ts'
import { decode } from '../support/decode/decode.ts'
import { createTopic, readTopic, registerSchema, uniqueName } from '../support/stack.ts'
import { until } from '../support/until.ts'
import { startUpstream } from '../support/upstream.ts'

const FEED = 'finnhub_trade'
/** Redials soon, so that the tests need not wait. */
const EAGER = { DIAL_RATE: '100', FEED_FINNHUB_TRADE_BACKOFF_MAX: '200ms' }
const OUTAGE_MS = 15_000 * Number(process.env.FAULT_SCALE ?? 1)

async function synthesiser(stack: AsyncDisposableStack, options: Partial<SynthesiserOptions>): Promise<Synthesiser> {
  const started = await startSynthesiser({ kind: 'trades', record: true, ...options })
  stack.defer(() => started.close())
  return started
}

const idOf = (text: string): string => JSON.parse(text).trade_event_id
const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0)

/** Every id of every connection of `upstreams`, by connection, in the order sent. */
function sentBy(upstreams: readonly Synthesiser[]): string[][] {
  return upstreams.flatMap((one) => one.texts().map((texts) => texts.map(idOf)))
}

/** Stops the upstreams and resolves to how many messages they sent, once the daemon has settled them all. */
async function allSettled(daemon: Daemon, upstreams: readonly Synthesiser[], timeoutMs?: number): Promise<number> {
  await Promise.all(upstreams.map((one) => one.close()))
  const sent = sum(upstreams.flatMap((one) => one.sent()))
  const { messages, documents } = await settled(daemon, FEED, sent, timeoutMs)
  expect(messages).toEqual({ received: sent, settled: sent, dropped: 0, held: 0 })
  expect(documents).toMatchObject({ produced: sent, refused: 0 })
  return sent
}

/** Every id of each of `sent` is among `ids`, and they first appear in its order. */
function expectAllInOrder(ids: readonly unknown[], sent: readonly string[][]): void {
  const first = [...new Set(ids)]
  expect(first).toHaveLength(sum(sent.map(({ length }) => length)))
  for (const expected of sent) {
    const own = new Set<unknown>(expected)
    expect(first.filter((id) => own.has(id))).toEqual(expected)
  }
}

describe('upstreams that go away and come back', () => {
  it('lose nothing they sent on an open socket, and nothing comes twice', async () => {
    await using stack = new AsyncDisposableStack()
    const rate = 2_000
    const broken = await synthesiser(stack, { seed: 'a', rate, dropAfter: 300 })
    const closing = await synthesiser(stack, { seed: 'b', rate, closeAfter: { messages: 300, code: 1011 } })
    const restarted = await synthesiser(stack, { seed: 'c', rate })
    const { topic } = await topicFor('TradeEvent')
    const urls = [broken, closing, restarted].map(({ url }) => url)
    const daemon = stack.use(startDaemon({ ...tradeFeed(topic, urls), ...EAGER }))
    await until(() => broken.sent().length >= 3 && closing.sent().length >= 3 && sum(restarted.sent()) > 300, {
      what: 'connections that come and go',
    })
    await restarted.close()
    const lost = async (): Promise<string> => (await daemon.feed(FEED)).sources[2]?.last_close?.reason ?? ''
    await until(async () => (await lost()) === 'connect', { what: 'a dial in vain' })
    const again = await synthesiser(stack, { seed: 'd', rate, port: restarted.port })
    await until(() => sum(again.sent()) > 300, { what: 'messages of the upstream that came back' })

    const upstreams = [broken, closing, restarted, again]
    const sent = await allSettled(daemon, upstreams)
    const records = await decode(await readTopic(topic, sent))
    expect(records).toHaveLength(sent)
    expectAllInOrder(
      records.map(({ content }) => content.trade_event_id),
      sentBy(upstreams),
    )
    const metrics = await daemon.metrics()
    const opened = sum(upstreams.map((one) => one.sent().length))
    expect(metrics.value('kafka_producer_websocket_connections_total')).toBe(opened)
    expect(metrics.value('tributary_dials_total', { outcome: 'connect' })).toBeGreaterThan(0)
    expect((await daemon.stop()).code).toBe(0)
  })
})

describe('Kafka', () => {
  let kafka: Kafka
  beforeAll(async () => {
    kafka = await startKafka()
  })
  afterAll(() => kafka?.stop())

  it(
    'killed under load and back again loses nothing that was accepted, in order, with either client',
    async () => {
      await using stack = new AsyncDisposableStack()
      const { bootstrapServers } = kafka
      const runs = await Promise.all(
        ['platformatic', 'kafkajs'].map(async (client) => {
          const upstreams = await Promise.all(
            [0, 1, 2].map((i) => synthesiser(stack, { seed: `${client}-${i}`, rate: 300 })),
          )
          const { topic } = await topicFor('TradeEvent', { partitions: 3, bootstrapServers })
          const daemon = startDaemon({
            KAFKA_CLIENT: client,
            BOOTSTRAP_SERVERS: bootstrapServers,
            FEED_FINNHUB_TRADE_URLS: upstreams.map(({ url }) => url).join(','),
            FEED_FINNHUB_TRADE_SCHEMA: topic,
            // No key: each source has its partition, so that several partitions are held at once.
          })
          return { client, upstreams, topic, daemon: stack.use(daemon) }
        }),
      )
      const produced = async ({ daemon }: { daemon: Daemon }): Promise<number> =>
        (await daemon.feed(FEED)).ledger.documents.produced ?? 0
      for (const run of runs) await until(async () => (await produced(run)) > 500, { what: `${run.client} to flow` })
      await kafka.kill()
      await new Promise((resolve) => setTimeout(resolve, OUTAGE_MS))
      await kafka.restart()
      for (const run of runs) {
        const before = await produced(run)
        await until(async () => (await produced(run)) > before + 500, {
          what: `${run.client} to flow again`,
          timeoutMs: 60_000,
        })
      }
      for (const { client, upstreams, topic, daemon } of runs) {
        const sent = await allSettled(daemon, upstreams, 60_000)
        const records = await decode(await readTopic(topic, 0, { bootstrapServers, timeoutMs: 60_000 }))
        expect([client, records.length >= sent]).toEqual([client, true])
        expectAllInOrder(
          records.map(({ content }) => content.trade_event_id),
          sentBy(upstreams),
        )
        const says = (text: string): number => daemon.log.filter(({ msg }) => msg.includes(text)).length
        expect([client, says('holding and trying again'), says('] again after')]).toEqual([
          client,
          says('] again after'),
          says('holding and trying again'),
        ])
        expect(says('holding and trying again')).toBeGreaterThan(0)
        expect((await daemon.metrics()).value('tributary_produce_retries_total', { topic })).toBeGreaterThan(0)
        expect([client, (await daemon.stop()).code, daemon.stderr]).toEqual([client, 0, ''])
      }
    },
    OUTAGE_MS + 180_000,
  )
})

describe('the registry', () => {
  it('killed while records flow stops nothing; back again, its new version is taken', async () => {
    await using stack = new AsyncDisposableStack()
    const registry = await startRegistry()
    stack.defer(() => registry.stop())
    const topic = await createTopic({ name: uniqueName('TradeEvent') })
    const subject = `${topic}-value`
    const first = await registerSchema(subject, schemaText('TradeEvent'), [], registry.url)
    const upstream = stack.use(await startUpstream())
    const daemon = stack.use(
      startDaemon({
        ...tradeFeed(topic, [upstream.url]),
        SCHEMA_REGISTRY_URL: registry.url,
        SCHEMA_REGISTRY_REFRESH: '200ms',
        SCHEMA_REGISTRY_TIMEOUT: '2s',
      }),
    )
    const socket = await upstream.connection(1)
    let sent = 0
    const send = async (): Promise<void> => {
      socket.send(tradeText(String(sent++), { note: 'undeclared at first' }))
      await settled(daemon, FEED, sent)
    }
    await send()
    await registry.kill()
    await daemon.said('the last good schema stays in use')
    await send()
    // It comes back empty, as a registry that lost its store would.
    await registry.restart()
    await daemon.said(`no subject ${subject}`)
    await send()
    const before = await readTopic(topic, sent)
    expect(before.map(({ value }) => value?.readUInt32BE(1))).toEqual([first, first, first])
    const undeclared = async () => (await daemon.metrics()).value('tributary_fields_undeclared_total', { feed: FEED })
    expect(await undeclared()).toBe(3)

    const schema = JSON.parse(schemaText('TradeEvent'))
    const more = { ...schema, fields: [...schema.fields, { name: 'note', type: 'string', default: '' }] }
    await registerSchema(subject, schema, [], registry.url)
    const second = await registerSchema(subject, more, [], registry.url)
    await until(async () => (await daemon.status()).schemas[subject]?.version === 2, { what: 'version 2 in use' })
    await send()
    const last = (await readTopic(topic, sent)).slice(-1)
    expect(await decode(last, registry.url)).toMatchObject([
      { schemaId: second, content: expect.objectContaining({ trade_event_id: '3', note: 'undeclared at first' }) },
    ])
    expect(await undeclared()).toBe(3)
    expect(upstream.sockets).toHaveLength(1)
    expect((await daemon.stop()).code).toBe(0)
  })
})
