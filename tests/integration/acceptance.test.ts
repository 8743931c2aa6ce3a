// What its users rely on: every record, byte for byte, from real sockets to a real Kafka, through the variables of the replaced producer.
import { describe, expect, it } from '@jest/globals'
import { Partitioners } from 'kafkajs'
import { deliveryMessages } from '../../scripts/synthesise/kinds/deliveries.ts'
import type { SynthesiserOptions } from '../../scripts/synthesise/options.ts'
import { type Synthesiser, startSynthesiser } from '../../scripts/synthesise/server.ts'
import { startDaemon } from '../support/daemon.ts'
import { settled, topicFor } from '../support/daemon-feeds.ts'
import { type Decoded, decode } from '../support/decode/decode.ts'
import { type ReadRecord, readTopic } from '../support/stack.ts'

type Json = Readonly<Record<string, unknown>>

const PARTITIONS = 3
const EACH = 60
const START = Date.parse('2025-01-19T12:34:56.789Z')
/** As many messages as it takes for every pair of the nine timestamps and two names of the order to come twice. */
const DELIVERIES = 36

/** Upstreams of `kind` with recorded texts, one connection each. */
async function upstreams(stack: AsyncDisposableStack, kinds: readonly SynthesiserOptions['kind'][], count = EACH) {
  return Promise.all(
    kinds.map(async (kind, i) => {
      const options = { kind, count, rate: 500, record: true, seed: `${kind}-${i}`, startAt: START }
      const started = await startSynthesiser(options)
      stack.defer(() => started.close())
      return started
    }),
  )
}

const urlsOf = (all: readonly Synthesiser[]): string => all.map(({ url }) => url).join(' , ')
const textsOf = (one: Synthesiser): readonly string[] => one.texts()[0] ?? []

/** What a trade must be once it is a record: `@context` is called context, and the absent one of the two payloads is null. */
function tradeRecord(text: string): Json {
  const { start_timestamp, symbol, trade_event_id, tradeData = null, tradeCredential } = JSON.parse(text)
  if (tradeCredential === undefined)
    return { start_timestamp, symbol, trade_event_id, tradeData, tradeCredential: null }
  const { '@context': context, ...others } = tradeCredential
  return { start_timestamp, symbol, trade_event_id, tradeData, tradeCredential: { context, ...others } }
}

/** What the deliveries of one upstream must be: the generator knows which moment each spelling names. */
function deliveryRecords(upstream: Synthesiser, seed: string): Json[] {
  const stream = deliveryMessages({ seed, connection: 0, startAt: START })
  return textsOf(upstream).map((text) => {
    const sample = stream.next().value
    expect(sample.text).toBe(text)
    const { order_number, order_id = order_number, route_name, waypoint_count, ...others } = JSON.parse(text)
    return { ...others, order_id, timestamp: new Date(sample.at ?? Number.NaN).toISOString() }
  })
}

/** The partition that Java's producer, and so any consumer that joins by key, expects a key in. */
function javaPartition(key: string): number {
  const partitionMetadata = Array.from({ length: PARTITIONS }, (_, partitionId) => ({
    partitionId,
    leader: 1,
    replicas: [1],
    isr: [1],
    partitionErrorCode: 0,
  }))
  return Partitioners.DefaultPartitioner()({ topic: '', partitionMetadata, message: { key, value: null } })
}

interface Arrived extends ReadRecord, Decoded {}

/** The records of each topic, decoded in one go. */
async function arrivedIn(wanted: readonly (readonly [topic: string, count: number])[]): Promise<Arrived[][]> {
  const read = await Promise.all(wanted.map(([topic, count]) => readTopic(topic, count)))
  const decoded = (await decode(read.flat())).values()
  return read.map((records) => records.map((record) => ({ ...record, ...(decoded.next().value as Decoded) })))
}

/** Each upstream's records came once, in its order. */
function expectInOrder(arrived: readonly Arrived[], upstreamRecords: readonly Json[][], id: (record: Json) => unknown) {
  expect(arrived).toHaveLength(upstreamRecords.flat().length)
  for (const expected of upstreamRecords) {
    const ids = new Set(expected.map(id))
    expect(arrived.map(({ content }) => content).filter((content) => ids.has(id(content)))).toEqual(expected)
  }
}

describe.each(['platformatic', 'kafkajs'])('with KAFKA_CLIENT=%s', (client) => {
  it('turns every message of seven upstreams into the record it stands for', async () => {
    await using stack = new AsyncDisposableStack()
    const trades = await upstreams(stack, ['trades', 'credentials', 'trades', 'credentials'])
    const readings = await upstreams(stack, ['readings', 'readings'])
    const [deliveries] = (await upstreams(stack, ['deliveries'], DELIVERIES)) as [Synthesiser]
    const [trade, sensor, session] = await Promise.all([
      topicFor('TradeEvent', { partitions: PARTITIONS }),
      topicFor('health_sensor', { partitions: PARTITIONS }),
      topicFor('sessions', { partitions: PARTITIONS }),
    ])
    const startedAt = Date.now()
    const daemon = stack.use(
      startDaemon({
        KAFKA_CLIENT: client,
        FINNHUB_TRADE_DATA: 'True',
        FINNHUB_DATA_URLS: urlsOf(trades),
        KAFKA_TOPIC_FINNHUB_TRADE: trade.topic,
        IOT_SYNTHETIC_DATA: 'true',
        IOT_SYNTHETIC_URLS: urlsOf(readings),
        KAFKA_TOPIC_HEALTH_SENSOR: sensor.topic,
        KAFKA_HEALTH_SENSOR_KEY_NAME: 'Sensors',
        DELIVERY_DATA: '1',
        DELIVERY_DATA_URLS: deliveries.url,
        KAFKA_TOPIC_DELIVERY: session.topic,
      }),
    )
    await settled(daemon, 'finnhub_trade', 4 * EACH)
    await settled(daemon, 'health_sensor', 2 * EACH)
    await settled(daemon, 'delivery', DELIVERIES)
    const endedAt = Date.now()
    const [tradeRecords = [], sensorRecords = [], sessionRecords = []] = await arrivedIn([
      [trade.topic, 4 * EACH],
      [sensor.topic, 2 * EACH],
      [session.topic, DELIVERIES],
    ])

    expectInOrder(
      tradeRecords,
      trades.map((one) => textsOf(one).map(tradeRecord)),
      (record) => record.trade_event_id,
    )
    expectInOrder(
      sensorRecords,
      readings.map((one) => textsOf(one).map((text) => JSON.parse(text))),
      (record) => (record.data as Json).id,
    )
    const sessions = deliveryRecords(deliveries, 'deliveries-0')
    // Deliveries are keyed, so only those of a device are in order.
    for (const device of new Set(sessions.map(({ device_id }) => device_id))) {
      const of = (record: Json): boolean => record.device_id === device
      expect(sessionRecords.map(({ content }) => content).filter(of)).toEqual(sessions.filter(of))
    }
    expect(sessionRecords).toHaveLength(DELIVERIES)

    for (const [records, id, key] of [
      [tradeRecords, trade.id, () => 'FinnhubTrade'],
      [sensorRecords, sensor.id, () => 'Sensors'],
      [sessionRecords, session.id, (record: Json) => String(record.device_id)],
    ] as const) {
      expect(new Set(records.map(({ schemaId }) => schemaId))).toEqual(new Set([id]))
      for (const record of records) {
        expect(record.key?.toString()).toBe(key(record.content))
        expect(record.partition).toBe(javaPartition(key(record.content)))
        expect(record.headers).toEqual({})
        expect(record.timestamp).toBeGreaterThanOrEqual(startedAt)
        expect(record.timestamp).toBeLessThanOrEqual(endedAt)
      }
    }
    expect(new Set(sessionRecords.map(({ partition }) => partition)).size).toBeGreaterThan(1)
  })

  it('puts the headers on records that RECORD_HEADERS asks for', async () => {
    await using stack = new AsyncDisposableStack()
    const [upstream] = (await upstreams(stack, ['trades'], 5)) as [Synthesiser]
    const { topic } = await topicFor('TradeEvent')
    stack.use(
      startDaemon({
        KAFKA_CLIENT: client,
        FEED_TRADES_URLS: `${upstream.url}?token=hidden`,
        FEED_TRADES_SCHEMA: topic,
        RECORD_HEADERS: 'feed,source,received-at',
      }),
    )
    const records = await readTopic(topic, 5)
    for (const { key, headers, timestamp } of records) {
      expect(key).toBeNull()
      expect(Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))).toEqual({
        feed: 'trades',
        source: `${upstream.url}?token=***`,
        'received-at': new Date(timestamp).toISOString(),
      })
    }
  })
})
