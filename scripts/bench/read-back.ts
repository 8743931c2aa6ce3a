/** A topic read from its beginning to its end. */
import type { Kafka } from 'kafkajs'
import { readEveryCompression } from './codecs.ts'

/** Takes each record, in the order of its partition. `timestamp` is milliseconds since the epoch. */
export type TakeRecord = (partition: number, key: Buffer | null, value: Buffer | null, timestamp: number) => void

const PARTITION_BYTES = 4 * 1024 * 1024
const WAIT_MS = 50

/** Reads up to the end offset of each partition; resolves when all of that is taken. */
export async function readBack(kafka: Kafka, topic: string, ends: readonly number[], take: TakeRecord): Promise<void> {
  const unread = new Set([...ends.keys()].filter((partition) => (ends[partition] ?? 0) > 0))
  if (unread.size === 0) return
  readEveryCompression()
  const consumer = kafka.consumer({
    groupId: topic,
    maxBytesPerPartition: PARTITION_BYTES,
    maxWaitTimeInMs: WAIT_MS,
  })
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
        for (const { key, value, timestamp } of batch.messages) take(batch.partition, key, value, Number(timestamp))
        if (Number(batch.lastOffset()) >= (ends[batch.partition] ?? 0) - 1) unread.delete(batch.partition)
        if (unread.size === 0) done.resolve()
      },
    })
    await done.promise
  } finally {
    await consumer.disconnect()
  }
}
