/** Reading topics without a group, from a real Kafka. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { loadTopicReader, type Stretch, type TopicReader } from '../../app/produce/topic-reader.ts'
import { withAdmin } from '../../scripts/lib/kafka-admin.ts'
import { freePort } from '../../scripts/stack/ports.ts'
import { createTopic, kafkaClient, stack, uniqueName } from '../support/stack.ts'

const LONG_AGO = 1_700_000_000_000
const KEPT = { 'retention.ms': '-1' }

let reader: TopicReader
beforeEach(async () => {
  reader = await open(stack().bootstrapServers)
})
afterEach(() => reader.close())

async function open(broker: string): Promise<TopicReader> {
  const openReader = await loadTopicReader()
  const security = { tls: undefined, sasl: undefined }
  return openReader(
    {
      brokers: [broker],
      clientId: 'reader',
      ...security,
      requestTimeoutMs: 5_000,
      connectTimeoutMs: 5_000,
      compression: 'none',
    },
    2_000,
  )
}

async function write(topic: string, values: readonly string[], from = 0, partition = 0): Promise<void> {
  const producer = kafkaClient().producer({ allowAutoTopicCreation: false })
  await producer.connect()
  const messages = values.map((value, i) => ({
    ...{ key: null, value, partition, timestamp: String(LONG_AGO + from + i) },
    headers: { n: String(from + i), twice: ['a', 'b'] },
  }))
  await producer.send({ topic, messages })
  await producer.disconnect()
}

async function values(stretches: readonly Stretch[]): Promise<string[]> {
  const found: string[] = []
  for (const stretch of stretches) {
    for await (const records of reader.read(stretch)) found.push(...records.map(({ value }) => String(value)))
  }
  return found
}

function deleteUpTo(topic: string, offset: string): Promise<void> {
  return withAdmin(kafkaClient(), async (admin) => {
    // It must know the topic first.
    await admin.fetchTopicOffsets(topic)
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset }] })
  })
}

describe('a topic reader', () => {
  it('reads value, time and headers of what is there when it is asked, and nothing that comes later', async () => {
    const topic = await createTopic({ partitions: 2, config: KEPT })
    await write(topic, ['a', 'b', 'c'])
    await write(topic, ['d'], 3, 1)
    const stretches = await reader.stretches(topic)
    await write(topic, ['late'])
    expect(stretches).toEqual([
      { topic, partition: 0, from: 0n, to: 3n },
      { topic, partition: 1, from: 0n, to: 1n },
    ])
    expect(await values(stretches)).toEqual(['a', 'b', 'c', 'd'])
    const [first] = (await reader.read(stretches[1] as Stretch).next()).value ?? []
    expect(first).toMatchObject({ topic, partition: 1, offset: 0n, timestamp: LONG_AGO + 3, value: Buffer.from('d') })
    expect([...(first?.headers ?? [])].map(([name, value]) => [name, String(value)])).toEqual([
      ['n', '3'],
      ['twice', 'b'],
    ])
  })

  it('begins in the middle of a batch where a time says so, and has nothing for a time to come', async () => {
    const topic = await createTopic({ config: KEPT })
    await write(topic, ['a', 'b', 'c', 'd'])
    expect(await values(await reader.stretches(topic, LONG_AGO + 2))).toEqual(['c', 'd'])
    expect(await values(await reader.stretches(topic, LONG_AGO + 4))).toEqual([])
    expect(await values(await reader.stretches(await createTopic()))).toEqual([])
  })

  it.each(['gzip', 'snappy', 'lz4', 'zstd'])('reads what the broker keeps with %s', async (compression) => {
    const topic = await createTopic({ config: { ...KEPT, 'compression.type': compression } })
    const all = Array.from({ length: 200 }, (_, i) => `value ${i} `.repeat(20))
    await write(topic, all)
    expect(await values(await reader.stretches(topic))).toEqual(all)
  })

  it("tells the broker's time where the topic keeps that", async () => {
    const topic = await createTopic({ config: { 'message.timestamp.type': 'LogAppendTime' } })
    const before = Date.now() - 1_000
    await write(topic, ['a'])
    const [stretch] = await reader.stretches(topic)
    const [record] = (await reader.read(stretch as Stretch).next()).value ?? []
    expect(record?.timestamp).toBeGreaterThan(before)
  })

  it('reads on over many fetches, values larger than a fetch among them', async () => {
    const topic = await createTopic({ config: { ...KEPT, 'max.message.bytes': '8000000' } })
    const large = 'x'.repeat(3_000_000)
    for (let i = 0; i < 4; i++) await write(topic, [`${i}`, large, `${i}`], i * 3)
    expect((await values(await reader.stretches(topic))).map((value) => value.length)).toEqual(
      Array.from({ length: 4 }, () => [1, 3_000_000, 1]).flat(),
    )
  })

  it('passes over what was deleted since it was asked', async () => {
    const topic = await createTopic({ config: KEPT })
    await write(topic, ['a', 'b'])
    await write(topic, ['c', 'd'], 2)
    const stretches = await reader.stretches(topic)
    await deleteUpTo(topic, '3')
    expect(await values(stretches)).toEqual(['d'])
    await deleteUpTo(topic, '-1')
    expect(await values(stretches)).toEqual([])
  })

  it('says no_topic for a topic that is not there, and connect where nobody listens', async () => {
    await expect(reader.stretches(uniqueName('none'))).rejects.toMatchObject({ reason: 'no_topic' })
    const nowhere = await open(`127.0.0.1:${await freePort()}`)
    await expect(nowhere.stretches('any')).rejects.toMatchObject({ reason: 'connect' })
    await nowhere.close()
  })
})
