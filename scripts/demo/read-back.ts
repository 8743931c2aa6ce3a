/** The other end: reads the topics as consumers do, with another client than the daemon's default. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Consumer } from 'kafkajs'
import { quietKafka, withAdmin } from '../lib/kafka-admin.ts'
import { TOPICS } from './feeds.ts'

/** A consumer of the demo's topics. */
export interface ReadBack {
  /** The newest record of each topic that has come back from Kafka. */
  readonly newest: ReadonlyMap<string, Buffer>
  close(): Promise<void>
}

const CLOSE_MS = 3_000

/** Joins before anything is produced, and resolves then. */
export async function startReadBack(bootstrapServers: string): Promise<ReadBack> {
  const newest = new Map<string, Buffer>()
  // Patient: Kafka may be stopped by hand, and comes back.
  const kafka = quietKafka(bootstrapServers, { retry: { retries: 1_000, initialRetryTime: 100, maxRetryTime: 2_000 } })
  const consumer = kafka.consumer({ groupId: `demo-${randomUUID()}`, maxWaitTimeInMs: 200 })
  const joined = new Promise<void>((resolve) => consumer.on('consumer.group_join', () => resolve()))
  await consumer.connect()
  await consumer.subscribe({ topics: [...TOPICS], fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch }) => {
      const value = batch.messages.at(-1)?.value
      if (value) newest.set(batch.topic, value)
    },
  })
  await joined
  return { newest, close: () => close(consumer) }
}

/** kafkajs waits for a broker that is gone. */
async function close(consumer: Consumer): Promise<void> {
  const gone = consumer.disconnect().catch(() => {})
  await Promise.race([gone, sleep(CLOSE_MS, undefined, { ref: false })])
}

/** How many records each topic holds; empty when Kafka does not say so in time. */
export async function recordsInKafka(bootstrapServers: string): Promise<ReadonlyMap<string, number>> {
  const counted = withAdmin(quietKafka(bootstrapServers), async (admin) => {
    const pairs = TOPICS.map(async (topic): Promise<[string, number]> => {
      const offsets = await admin.fetchTopicOffsets(topic)
      return [topic, offsets.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0)]
    })
    return new Map(await Promise.all(pairs))
  })
  const none = new Map<string, number>()
  return Promise.race([counted.catch(() => none), sleep(CLOSE_MS, none, { ref: false })])
}
