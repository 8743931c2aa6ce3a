/** A round's topic: made, measured from outside, removed. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Admin } from 'kafkajs'
import { createTopics } from '../lib/kafka-admin.ts'
import { registryClient } from '../lib/registry-client.ts'
import type { Shape } from './shapes/shape.ts'

/** Between two questions for the end of the topic, milliseconds: often where that ends the window, seldom where questions would be the load. */
const POLL_MS = 10
const PACED_POLL_MS = 100
/** A topic that does not grow for so long has all that it will get. */
const STALL_MS = 30_000

/** A topic, and its subject with the shape's schema. */
export interface RoundTopic {
  readonly name: string
  readonly schemaId: number
  /** Resolves when `count` records are there, with the clock's reading (performance.now) then; undefined when no more come. */
  reached(count: number): Promise<number | undefined>
  /** The end offset of each partition. */
  ends(): Promise<number[]>
  remove(): Promise<void>
}

/** How it shall be. `paced`: the broker puts its own clock's time on the records, and is seldom asked for the end. */
export interface TopicOptions {
  readonly shape: Shape
  readonly partitions: number
  readonly paced: boolean
}

/** Makes the topic and registers its subject. */
export async function makeTopic(
  admin: Admin,
  registryUrl: string,
  { shape, partitions, paced }: TopicOptions,
): Promise<RoundTopic> {
  const name = `bench-${randomUUID()}`
  const configEntries = paced ? [{ name: 'message.timestamp.type', value: 'LogAppendTime' }] : []
  await createTopics(admin, [{ topic: name, numPartitions: partitions, replicationFactor: 1, configEntries }])
  const schemaId = await registryClient(registryUrl).register(`${name}-value`, JSON.stringify(shape.schema), [])
  const ends = async (): Promise<number[]> => {
    const found: number[] = []
    for (const { partition, high } of await admin.fetchTopicOffsets(name)) found[partition] = Number(high)
    return found
  }
  return {
    name,
    schemaId,
    ends,
    reached: (count) => reached(ends, count, paced ? PACED_POLL_MS : POLL_MS),
    remove: () => remove(admin, name),
  }
}

async function remove(admin: Admin, name: string): Promise<void> {
  await admin.deleteTopics({ topics: [name] })
}

async function reached(ends: () => Promise<number[]>, count: number, pollMs: number): Promise<number | undefined> {
  let last = 0
  let grewAt = performance.now()
  for (;;) {
    const end = (await ends()).reduce((sum, each) => sum + each, 0)
    const now = performance.now()
    if (end >= count) return now
    if (end > last) grewAt = now
    else if (now - grewAt > STALL_MS) return undefined
    last = end
    await sleep(pollMs)
  }
}
