/** A round's topic: made, measured from outside, read back, removed. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Admin, Kafka } from 'kafkajs'
import { createTopics } from '../lib/kafka-admin.ts'
import { registryClient } from '../lib/registry-client.ts'
import { type Check, type Faults, openCheck } from './check.ts'
import { TRADE_SCHEMA } from './trade.ts'

/** The key of all records. */
export const KEY = 'bench'
/** Between two questions for the end of the topic, milliseconds. */
const POLL_MS = 10
/** A topic that does not grow for so long has all that it will get. */
const STALL_MS = 30_000

/** A topic of one partition with the trade's schema. */
export interface RoundTopic {
  readonly name: string
  /** Resolves when `count` records are there, with the clock's reading (performance.now) then; undefined when no more come. */
  reached(count: number): Promise<number | undefined>
  /** Reads it from the beginning and looks at every record. */
  check(shares: readonly number[]): Promise<Faults>
  remove(): Promise<void>
}

/** Makes the topic and registers its subject. */
export async function makeTopic(kafka: Kafka, admin: Admin, registryUrl: string): Promise<RoundTopic> {
  const name = `bench-${randomUUID()}`
  await createTopics(admin, [{ topic: name, numPartitions: 1, replicationFactor: 1 }])
  const schemaId = await registryClient(registryUrl).register(`${name}-value`, JSON.stringify(TRADE_SCHEMA), [])
  return {
    name,
    reached: (count) => reached(admin, name, count),
    async check(shares) {
      const end = await endOf(admin, name)
      const check = openCheck(shares, KEY, schemaId)
      if (end > 0) await readAll(kafka, name, end, check)
      return check.faults()
    },
    remove: () => admin.deleteTopics({ topics: [name] }),
  }
}

async function endOf(admin: Admin, topic: string): Promise<number> {
  const [partition] = await admin.fetchTopicOffsets(topic)
  return Number(partition?.high ?? 0)
}

async function reached(admin: Admin, topic: string, count: number): Promise<number | undefined> {
  let last = 0
  let grewAt = performance.now()
  for (;;) {
    const end = await endOf(admin, topic)
    const now = performance.now()
    if (end >= count) return now
    if (end > last) grewAt = now
    else if (now - grewAt > STALL_MS) return undefined
    last = end
    await sleep(POLL_MS)
  }
}

async function readAll(kafka: Kafka, topic: string, end: number, check: Check): Promise<void> {
  const consumer = kafka.consumer({ groupId: topic, maxBytesPerPartition: 4 * 1024 * 1024, maxWaitTimeInMs: 50 })
  const done = Promise.withResolvers<void>()
  // The first group of a new cluster is refused until its coordinator has loaded; then the library starts again.
  consumer.on('consumer.crash', ({ payload }) => {
    if (!payload.restart) done.reject(payload.error)
  })
  try {
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: true })
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        for (const { key, value } of batch.messages) check.record(key, value)
        if (Number(batch.lastOffset()) >= end - 1) done.resolve()
      },
    })
    await done.promise
  } finally {
    await consumer.disconnect()
  }
}
