// The sink port over every registry entry that talks to Kafka, against a real one.
import { type AddressInfo, createServer } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import { Unavailable } from '../../app/errors.ts'
import type { Event } from '../../app/events.ts'
import { Clock } from '../../app/lib/clock.ts'
import type { KafkaRecord, Sink } from '../../app/model.ts'
import { type SinkOptions, sinks } from '../../app/produce/index.ts'
import { loadTopicReader, type Stretch } from '../../app/produce/topic-reader.ts'
import { loadKind } from '../../app/settings/kind.ts'
import { compressionsOf, kafkaSinks } from '../support/kafka-sinks.ts'
import { createTopic, kafkaClient, readTopic, stack, uniqueName, until } from '../support/stack.ts'

const NOBODY_LISTENS = '127.0.0.1:1'
const opened: Sink[] = []

afterEach(async () => {
  await Promise.all(opened.splice(0).map((sink) => sink.close()))
})

describe.each(kafkaSinks)('%s', (name) => {
  async function open(options: Partial<SinkOptions> = {}, events: Event[] = []): Promise<Sink> {
    const make = await loadKind(sinks, name)
    const kafka = { ...plain(), ...options }
    const sink = make({}, { kafka, emit: (event) => events.push(event), clock: new Clock() })
    opened.push(sink)
    return sink
  }

  it('keeps order, keys, values, timestamps and headers to the byte', async () => {
    const topic = await createTopic({ partitions: 3 })
    const sink = await open()
    const records = Array.from(
      { length: 500 },
      (_, i): KafkaRecord => ({
        key: i % 3 === 0 ? null : Buffer.from([0, i % 256, 255]),
        value: Buffer.from([0, 255, 128, i >> 8, i & 255]),
        timestamp: 1_700_000_000_000 + (i % 7) * 1000,
        headers:
          i % 2 === 0
            ? undefined
            : [
                ['feed', Buffer.from(`f${i}`)],
                ['raw', Buffer.from([255, 0])],
              ],
      }),
    )
    await retrying(() => sink.write(topic, 1, records.slice(0, 200)))
    await sink.write(topic, 1, records.slice(200))
    const read = await readTopic(topic, records.length)
    expect(read.map(({ partition }) => partition)).toEqual(records.map(() => 1))
    expect(read.map(({ key, value, timestamp, headers }) => ({ key, value, timestamp, headers }))).toEqual(
      records.map(({ key, value, timestamp, headers }) => ({
        key,
        value,
        timestamp,
        headers: Object.fromEntries(headers ?? []),
      })),
    )
  })

  it.each(compressionsOf(name))(
    'writes batches compressed by %s, which the broker takes and a reader reads',
    async (compression) => {
      const topic = await createTopic()
      const sink = await open({ compression })
      const records = Array.from({ length: 1_000 }, (_, i) => {
        return { key: null, value: Buffer.from(`the same again and again ${i}`), timestamp: Date.now() + i }
      })
      await retrying(() => sink.write(topic, 0, records))
      const openReader = await loadTopicReader()
      const reader = openReader(plain(), 5_000)
      try {
        const [stretch] = await reader.stretches(topic)
        const found: string[] = []
        for await (const read of reader.read(stretch as Stretch)) found.push(...read.map(({ value }) => String(value)))
        expect(found).toEqual(records.map(({ value }) => value.toString()))
      } finally {
        await reader.close()
      }
    },
  )

  it('keeps every value of a header that is given twice, and empty values apart from missing keys', async () => {
    const topic = await createTopic()
    const sink = await open()
    const headers = [
      ['h', Buffer.from('1')],
      ['h', Buffer.from('2')],
    ] as const
    await retrying(() =>
      sink.write(topic, 0, [{ key: Buffer.alloc(0), value: Buffer.alloc(0), timestamp: 1, headers }]),
    )
    const [record] = await readTopic(topic, 1)
    expect(record).toMatchObject({ key: Buffer.alloc(0), value: Buffer.alloc(0), timestamp: 1 })
    expect(record?.headers).toEqual({ h: [Buffer.from('1'), Buffer.from('2')] })
  })

  it('writes to many partitions at once, each in order', async () => {
    const topic = await createTopic({ partitions: 20 })
    const sink = await open()
    const rounds = 15
    const partitions = Array.from({ length: 20 }, (_, partition) => partition)
    await Promise.all(
      partitions.map(async (partition) => {
        for (let i = 0; i < rounds; i++) await retrying(() => sink.write(topic, partition, texts(`${partition}:${i}`)))
      }),
    )
    const read = await readTopic(topic, 20 * rounds)
    expect(read.map(({ partition, offset, value }) => [partition, Number(offset), String(value)])).toEqual(
      partitions.flatMap((partition) => Array.from({ length: rounds }, (_, i) => [partition, i, `${partition}:${i}`])),
    )
  })

  it('takes a lone record that is too large as refused, and asks for smaller pieces otherwise', async () => {
    const topic = await createTopic({ config: { 'max.message.bytes': '20000' } })
    const sink = await open()
    const large: KafkaRecord = { key: null, value: Buffer.alloc(30_000), timestamp: 1 }
    await retrying(() => sink.write(topic, 0, texts('first')))
    expect(await sink.write(topic, 0, [large])).toMatchObject([{ index: 0, reason: 'too_large' }])
    await expect(sink.write(topic, 0, [...texts('a'), large])).rejects.toMatchObject({
      reason: 'too_large',
      settled: 0,
    })
    await sink.write(topic, 0, texts('last'))
    expect((await readTopic(topic, 2)).map(({ value }) => String(value))).toEqual(['first', 'last'])
  })

  it('refuses a record that is invalid for the topic, and writes the others or asks for smaller pieces', async () => {
    const topic = await createTopic({ config: { 'cleanup.policy': 'compact' } })
    const sink = await open()
    const keyed: KafkaRecord = { key: Buffer.from('k'), value: Buffer.from('v'), timestamp: 1 }
    await retrying(() => sink.write(topic, 0, [keyed]))
    const refused = (index: number) => [{ index, reason: 'broker_refused', detail: expect.stringMatching(/KEY_FIELD/) }]
    expect(await sink.write(topic, 0, texts('no key'))).toEqual(refused(0))
    const mixed = sink.write(topic, 0, [keyed, ...texts('no key')])
    // kafkajs speaks a version of the protocol that names no record.
    if (name === 'kafkajs') await expect(mixed).rejects.toMatchObject({ reason: 'invalid_record' })
    else expect(await mixed).toEqual(refused(1))
    expect(await sink.write(topic, 0, [keyed])).toEqual([])
  })

  it('describes partitions and the limit, and sees both change', async () => {
    const topic = await createTopic({ partitions: 4, config: { 'max.message.bytes': '54321' } })
    const sink = await open()
    await retrying(async () => expect(await sink.describe(topic)).toEqual({ partitions: 4, maxMessageBytes: 54_321 }))
    const admin = kafkaClient().admin()
    await admin.connect()
    await admin.createPartitions({ topicPartitions: [{ topic, count: 6 }] })
    await admin.disconnect()
    await until(async () => (await sink.describe(topic)).partitions === 6, { what: 'six partitions' })
    const other = await createTopic()
    await retrying(async () =>
      expect(await sink.describe(other)).toEqual({ partitions: 1, maxMessageBytes: 1_048_588 }),
    )
  })

  it('says no_topic for a topic and for a partition that is not there, and does not create it', async () => {
    const missing = uniqueName('missing')
    const sink = await open()
    await expect(sink.describe(missing)).rejects.toMatchObject({ name: 'Unavailable', reason: 'no_topic' })
    await expect(sink.write(missing, 0, texts('a'))).rejects.toMatchObject({ name: 'Unavailable', reason: 'no_topic' })
    const topic = await createTopic({ partitions: 2 })
    await retrying(() => sink.write(topic, 0, texts('a')))
    await expect(sink.write(topic, 2, texts('b'))).rejects.toMatchObject({ reason: 'no_topic' })
    await createTopic({ name: missing })
    await retrying(() => sink.write(missing, 0, texts('now it is there')))
    expect(await readTopic(missing, 1)).toHaveLength(1)
  })

  it('goes on after the topic was deleted and made again', async () => {
    const topic = await createTopic()
    const sink = await open()
    for (let i = 0; i < 3; i++) await retrying(() => sink.write(topic, 0, texts('old')))
    const admin = kafkaClient().admin()
    await admin.connect()
    await admin.deleteTopics({ topics: [topic] })
    await until(async () => !(await admin.listTopics()).includes(topic), { what: 'the deletion' })
    await createTopic({ name: topic })
    await admin.disconnect()
    for (let i = 0; i < 3; i++) await retrying(() => sink.write(topic, 0, texts('new')))
    expect(String((await readTopic(topic, 3)).at(-1)?.value)).toBe('new')
  })

  it('one missing topic does not stop another', async () => {
    const topic = await createTopic()
    const sink = await open()
    await retrying(() => sink.write(topic, 0, texts('a')))
    await expect(sink.write(uniqueName('missing'), 0, texts('x'))).rejects.toMatchObject({ reason: 'no_topic' })
    expect(await sink.write(topic, 0, texts('b'))).toEqual([])
  })

  it('says once that Kafka is connected', async () => {
    const topic = await createTopic()
    const events: Event[] = []
    const sink = await open({}, events)
    await retrying(() => sink.describe(topic))
    await retrying(() => sink.write(topic, 0, texts('a')))
    expect(events).toEqual([{ type: 'kafka.connected', lostMs: 0 }])
  })

  it('says connect where nobody listens, and finds the broker that is there', async () => {
    const topic = await createTopic()
    const lost = await open({ brokers: [NOBODY_LISTENS] })
    await expect(lost.write(topic, 0, texts('a'))).rejects.toMatchObject({ name: 'Unavailable', reason: 'connect' })
    await expect(lost.describe(topic)).rejects.toMatchObject({ name: 'Unavailable', reason: 'connect' })
    const sink = await open({ brokers: [NOBODY_LISTENS, stack().bootstrapServers] })
    await retrying(() => sink.write(topic, 0, texts('b')))
    expect(await readTopic(topic, 1)).toHaveLength(1)
  })

  it('gets past a broker that takes connections and answers nothing', async () => {
    const silent = createServer(() => {})
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    try {
      const topic = await createTopic()
      const hanging = `127.0.0.1:${(silent.address() as AddressInfo).port}`
      const brokers = [hanging, stack().bootstrapServers]
      const sink = await open({ brokers, requestTimeoutMs: 1_000 })
      await retrying(() => sink.write(topic, 0, texts('a')))
      expect(await readTopic(topic, 1)).toHaveLength(1)
      await retrying(() => sink.describe(topic))
    } finally {
      silent.close()
    }
  })

  it('writes nothing for no records, and refuses to write once closed', async () => {
    const sink = await open({ brokers: [NOBODY_LISTENS] })
    expect(await sink.write('any', 0, [])).toEqual([])
    await sink.close()
    await expect(sink.write('any', 0, texts('a'))).rejects.toBeInstanceOf(Unavailable)
    await sink.close()
  })
})

function plain(): SinkOptions {
  const brokers = stack().bootstrapServers.split(',')
  return {
    brokers,
    clientId: 'contract',
    tls: undefined,
    sasl: undefined,
    requestTimeoutMs: 10_000,
    connectTimeoutMs: 5_000,
    compression: 'none',
  }
}

function texts(...values: string[]): KafkaRecord[] {
  return values.map((value) => ({ key: null, value: Buffer.from(value), timestamp: 1_700_000_000_000 }))
}

/** A topic that was just created may have no leader yet: tried again as the hold loop would. */
async function retrying<T>(work: () => Promise<T>): Promise<T> {
  const giveUpAt = performance.now() + 45_000
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof Unavailable) || performance.now() > giveUpAt) throw error
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}
