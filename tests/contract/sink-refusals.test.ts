// What Kafka refuses within a request, through the outlet and every client, against a real broker.
import { afterEach, describe, expect, it } from '@jest/globals'
import { Clock } from '../../app/lib/clock.ts'
import type { KafkaRecord, Refusal, Settlement, Sink } from '../../app/model.ts'
import { hold } from '../../app/produce/hold.ts'
import { type SinkOptions, sinks } from '../../app/produce/index.ts'
import { loadKind } from '../../app/settings/kind.ts'
import { kafkaSinks } from '../support/kafka-sinks.ts'
import { createTopic, readTopic, stack, until } from '../support/stack.ts'

const DAY_MS = 86_400_000
const opened: { close(): Promise<void> }[] = []

afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close()
})

describe.each(kafkaSinks)('%s', (name) => {
  async function outlet(topic: string) {
    const clock = new Clock()
    const sink: Sink = (await loadKind(sinks, name))({}, { kafka: plain(), emit: () => {}, clock })
    const out = hold(sink, { lingerMs: 2, brokers: plain().brokers }, () => {})
    opened.push(sink, out)
    await until(
      () =>
        out.open(topic).then(
          () => true,
          () => false,
        ),
      { what: 'the topic' },
    )
    return out
  }

  // kafkajs is told no record by name: it finds each by halving.
  it.each(name === 'kafkajs' ? [60, 1_000] : [60, 1_000, 5_000])(
    'refuses %d records with an impossible time one by one, and produces those between them in order',
    async (count) => {
      const topic = await createTopic()
      const out = await outlet(topic)
      const { told, settlement } = tally()
      const now = Date.now()
      const good = Array.from({ length: 20 }, (_, i) => record(`good ${i}`, now))
      const bad = Array.from({ length: count }, (_, i) => record(`bad ${i}`, now + DAY_MS))
      const every = Math.ceil(count / good.length)
      const mixed = good.flatMap((one, i) => [one, ...bad.slice(i * every, (i + 1) * every)])
      for (const one of mixed) out.add({ topic, subject: '', key: null, hash: 0 }, one, settlement)
      await until(() => told.produced + told.refused.length === mixed.length, { what: 'the end', timeoutMs: 30_000 })
      expect(told.refused.map(({ record: { value } }) => String(value))).toEqual(bad.map(({ value }) => String(value)))
      expect(new Set(told.refused.map(({ refusal: { reason } }) => reason))).toEqual(new Set(['broker_refused']))
      expect(told.refused[0]?.refusal.detail).toMatch(/INVALID_TIMESTAMP.*message\.timestamp\.after\.max\.ms/s)
      const read = await readTopic(topic, good.length)
      expect(read.map(({ value }) => String(value))).toEqual(good.map(({ value }) => String(value)))
    },
  )

  it('names the missing key that a compacted topic asks for, and writes the records that have one', async () => {
    const topic = await createTopic({ config: { 'cleanup.policy': 'compact' } })
    const out = await outlet(topic)
    const { told, settlement } = tally()
    const records = Array.from({ length: 100 }, (_, i) => ({
      ...record(`${i}`, Date.now()),
      key: i % 2 === 0 ? Buffer.from(`key ${i}`) : null,
    }))
    for (const one of records) out.add({ topic, subject: '', key: one.key, hash: 0 }, one, settlement)
    await until(() => told.produced + told.refused.length === records.length, { what: 'the end', timeoutMs: 30_000 })
    expect(told.refused).toHaveLength(50)
    expect(told.refused[0]?.refusal.detail).toMatch(/INVALID_RECORD.*key/s)
    const read = await readTopic(topic, 50)
    expect(read.map(({ value }) => String(value))).toEqual(
      records.filter(({ key }) => key).map(({ value }) => String(value)),
    )
  })
})

function tally() {
  const told = { produced: 0, refused: [] as { readonly refusal: Refusal; readonly record: KafkaRecord }[] }
  const settlement: Settlement = {
    produced: (records) => {
      told.produced += records
    },
    refused: (refusal, _topic, record) => {
      told.refused.push({ refusal, record })
    },
    expired: () => {
      throw new Error('nothing may expire here')
    },
  }
  return { told, settlement }
}

function record(text: string, timestamp: number): KafkaRecord {
  return { key: null, value: Buffer.from(text), timestamp }
}

function plain(): SinkOptions {
  return {
    brokers: stack().bootstrapServers.split(','),
    clientId: 'refusals',
    tls: undefined,
    sasl: undefined,
    requestTimeoutMs: 10_000,
    connectTimeoutMs: 5_000,
    compression: 'none',
  }
}
