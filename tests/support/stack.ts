/** The real Kafka and registry of the test run, and what tests do with them. kafkajs: a client other than the one under test. */
import { randomUUID } from 'node:crypto'
import { type IHeaders, type Kafka as KafkaClient, type KafkaMessage, PartitionAssigners } from 'kafkajs'
import { createTopics, quietKafka, withAdmin } from '../../scripts/lib/kafka-admin.ts'
import { until } from '../../scripts/lib/until.ts'
import { STACK_VARIABLE } from './stack-holder.ts'

export { until }

/** Where the shared servers are. */
export interface Stack {
  readonly bootstrapServers: string
  /** Base of the Confluent API. */
  readonly registryUrl: string
}

/** One record as Kafka has it. `timestamp` in milliseconds since the epoch. */
export interface ReadRecord {
  readonly partition: number
  readonly offset: bigint
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly timestamp: number
  readonly headers: IHeaders
}

/** A schema that another refers to, as the registry wants it. */
export interface Reference {
  readonly name: string
  readonly subject: string
  readonly version: number
}

/** The servers that stack-setup.ts started for this run. */
export function stack(): Stack {
  const text = process.env[STACK_VARIABLE]
  if (!text)
    throw new Error('no stack: this test belongs into a Jest project with stack-setup.ts (contract, integration)')
  return JSON.parse(text) as Stack
}

/** A name that no other test has. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomUUID()}`
}

/** A quiet kafkajs client of the shared Kafka, or of another. */
export function kafkaClient(bootstrapServers: string = stack().bootstrapServers): KafkaClient {
  return quietKafka(bootstrapServers)
}

/** What `createTopic` makes: by default one partition under a name of its own, on the shared Kafka. */
export interface TopicOptions {
  readonly name?: string
  readonly partitions?: number
  readonly replication?: number
  /** Node id of the only broker that is to have it. */
  readonly onBroker?: number | undefined
  readonly config?: Readonly<Record<string, string>>
  readonly bootstrapServers?: string
}

/** Creates a topic and resolves to its name once every partition has a leader. */
export async function createTopic(options: TopicOptions = {}): Promise<string> {
  const topic = options.name ?? uniqueName('topic')
  const { partitions = 1, onBroker, config = {} } = options
  // One replica cannot be two that are in sync, which a cluster asks for.
  const settings = { ...(onBroker === undefined ? {} : { 'min.insync.replicas': '1' }), ...config }
  const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }))
  const place = (partition: number, broker: number) => ({ partition, replicas: [broker] })
  const wanted = {
    topic,
    ...(onBroker === undefined
      ? { numPartitions: partitions, replicationFactor: options.replication ?? 1 }
      : { replicaAssignment: Array.from({ length: partitions }, (_, at) => place(at, onBroker)) }),
    configEntries,
  }
  await withAdmin(kafkaClient(options.bootstrapServers), (admin) => createTopics(admin, [wanted]))
  return topic
}

/** How `readTopic` waits. */
export interface ReadOptions {
  /** Default 20 s. */
  readonly timeoutMs?: number
  readonly bootstrapServers?: string
}

/**
 * Reads a topic from its beginning until `count` records are there, and resolves to them: by partition, then in offset
 * order. Rejects when fewer have come after `timeoutMs`. With `count` 0 it reads what is there now.
 */
export async function readTopic(topic: string, count: number, options: ReadOptions = {}): Promise<ReadRecord[]> {
  const records: ReadRecord[] = []
  await visitTopic(topic, count, (record) => records.push(record), options)
  return records.sort((a, b) => a.partition - b.partition || Number(a.offset - b.offset))
}

/** As `readTopic`, but keeps nothing: `visit` is given each record, in the order of its partition. Resolves to their number. */
export async function visitTopic(
  topic: string,
  count: number,
  visit: (record: ReadRecord) => void,
  options: ReadOptions = {},
): Promise<number> {
  const { timeoutMs = 20_000, bootstrapServers } = options
  const client = kafkaClient(bootstrapServers)
  const wanted = count > 0 ? count : await recordsIn(client, topic)
  if (wanted === 0) return 0
  const groupId = uniqueName('reader')
  // A broker that has just started loads its groups first, and a consumer that meets it then may stay silent for ever.
  const offsets = () => withAdmin(client, (admin) => admin.fetchOffsets({ groupId, topics: [topic] }))
  await until(offsets, { what: 'the group coordinator', timeoutMs })
  const consumer = client.consumer({
    groupId,
    partitionAssigners: [PartitionAssigners.roundRobin],
    maxWaitTimeInMs: 100,
    retry: { retries: 50, initialRetryTime: 50, maxRetryTime: 500 },
  })
  let read = 0
  try {
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: true })
    await new Promise<void>((resolve, reject) => {
      const late = (): void => reject(new Error(`${read} of ${wanted} records of ${topic} after ${timeoutMs / 1000} s`))
      const timer = setTimeout(late, timeoutMs)
      const full = (): void => {
        clearTimeout(timer)
        resolve()
      }
      const eachBatch = async ({
        batch,
      }: {
        batch: { partition: number; messages: KafkaMessage[] }
      }): Promise<void> => {
        for (const message of batch.messages) visit(readRecord(batch.partition, message))
        read += batch.messages.length
        if (read >= wanted) full()
      }
      consumer.run({ eachBatch, autoCommit: false }).catch(reject)
    })
  } finally {
    await consumer.disconnect().catch(() => {})
  }
  return read
}

/** How many records a topic holds now, over all partitions. */
export async function topicSize(topic: string, bootstrapServers?: string): Promise<number> {
  return recordsIn(kafkaClient(bootstrapServers), topic)
}

async function recordsIn(client: KafkaClient, topic: string): Promise<number> {
  const offsets = await withAdmin(client, (admin) => admin.fetchTopicOffsets(topic))
  return offsets.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0)
}

function readRecord(partition: number, message: KafkaMessage): ReadRecord {
  const { key, value, timestamp, headers, offset } = message
  return { partition, offset: BigInt(offset), key, value, timestamp: Number(timestamp), headers: headers ?? {} }
}

/** Registers a schema (an object, or its JSON text) under `subject` of the shared registry, and resolves to its id. */
export async function registerSchema(
  subject: string,
  schema: object | string,
  references: readonly Reference[] = [],
  registryUrl: string = stack().registryUrl,
): Promise<number> {
  const text = typeof schema === 'string' ? schema : JSON.stringify(schema)
  const response = await fetch(`${registryUrl}/subjects/${encodeURIComponent(subject)}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schemaType: 'AVRO', schema: text, references }),
    signal: AbortSignal.timeout(10_000),
  })
  const answer = await response.text()
  if (!response.ok) throw new Error(`${subject} was not registered, ${response.status}: ${answer.slice(0, 300)}`)
  return (JSON.parse(answer) as { id: number }).id
}
