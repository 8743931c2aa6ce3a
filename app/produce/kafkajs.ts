/** Kafka through kafkajs; its only importer. Idempotence and retries are off: holding and rebuilding are ours. */
import kafkajs, {
  type Admin,
  Kafka,
  type KafkaConfig,
  logLevel,
  type Message,
  type Producer,
  type RecordMetadata,
} from 'kafkajs'
import { Unavailable } from '../errors.ts'
import { dropWarning } from '../lib/drop-warning.ts'
import type { KafkaRecord } from '../model.ts'
import { nodeCodecs } from './compression.ts'
import type { KafkaClient, ProduceAnswer, TopicFacts } from './kafka-client.ts'
import { protocolErrorCode } from './kafka-errors.ts'
import { kafkaSink } from './kafka-sink.ts'
import { kafkajsBroker } from './kafkajs-address.ts'
import { kafkajsSasl } from './kafkajs-sasl.ts'
import { kafkajsThrottle } from './kafkajs-throttle.ts'
import type { OpenSink, SinkOptions } from './options.ts'
import { SocketSet } from './socket-set.ts'
import type { Throttles } from './throttles.ts'
import { nodeTls } from './tls.ts'
import { topicLimits } from './topic-limits.ts'

/** Makes what opens a sink; it connects on first use. `witness` makes a client that hears all that a broker says of a record. */
export function openKafkajs(witness: (options: SinkOptions) => (throttles: Throttles) => KafkaClient): OpenSink {
  return (options, emit, clock) => {
    // It sets one timer to a negative time, harmlessly.
    dropWarning('TimeoutNegativeWarning')
    const config = kafkaConfig(options)
    const codec = Object.entries(nodeCodecs).find(([name]) => name === options.compression)?.[1] ?? NONE
    return kafkaSink({
      build: () => new KafkajsClient(config, codec.id),
      buildWitness: witness(options),
      options,
      emit,
      clock,
      mostRecords: MOST_RECORDS,
    })
  }
}

const NONE = { id: 0 }
kafkajs.CompressionCodecs[nodeCodecs.zstd.id] = () => ({
  compress: ({ buffer }: { readonly buffer: Buffer }) => nodeCodecs.zstd.compress(buffer),
})

/** The library groups the records of a send in a time that grows with their square. */
const MOST_RECORDS = 1_000
const METADATA_MAX_AGE_MS = 10_000
const ACKS_ALL = -1
/** Of ConfigResourceTypes, which an ES module cannot import by name. */
const TOPIC = 2
const BROKER = 4

function kafkaConfig({ brokers, clientId, tls, sasl, requestTimeoutMs, connectTimeoutMs }: SinkOptions): KafkaConfig {
  return {
    clientId,
    // kafkajs begins with the first and stays with it, even if it hangs.
    brokers: () => shuffled(brokers).map(kafkajsBroker),
    retry: { retries: 0 },
    connectionTimeout: connectTimeoutMs,
    authenticationTimeout: connectTimeoutMs,
    requestTimeout: requestTimeoutMs,
    enforceRequestTimeout: true,
    ...(tls && { ssl: nodeTls(tls) }),
    ...(sasl && { sasl: kafkajsSasl(sasl, tls, requestTimeoutMs) }),
  }
}

class KafkajsClient implements KafkaClient {
  readonly #kafka: Kafka
  readonly #requestTimeoutMs: number | undefined
  readonly #compression: number
  readonly #sockets = new SocketSet()
  readonly #throttle = kafkajsThrottle()
  readonly #admin: Connected<Admin>
  /** One producer for each topic: kafkajs asks for the metadata of all topics at once, so a bad one would stop them all. */
  readonly #producers = new Map<string, Connected<Producer>>()

  constructor(config: KafkaConfig, compression: number) {
    this.#compression = compression
    this.#kafka = new Kafka({
      ...config,
      socketFactory: this.#sockets.connect,
      logLevel: logLevel.DEBUG,
      logCreator: this.#throttle.logCreator,
    })
    this.#requestTimeoutMs = config.requestTimeout
    this.#admin = new Connected(() => this.#kafka.admin())
  }

  async describe(topic: string): Promise<TopicFacts> {
    const admin = await this.#admin.client()
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
    const partitions = topics.find(({ name }) => name === topic)?.partitions ?? []
    if (partitions.length === 0) throw new Unavailable('no_topic', `Kafka has no topic ${topic}`)
    const limits = await topicLimits(
      (names) => settings(admin, TOPIC, topic, names),
      (names) => settings(admin, BROKER, String(partitions[0]?.leader), names),
    )
    return { partitions: partitions.length, ...limits }
  }

  async send(topic: string, partition: number, records: readonly KafkaRecord[]): Promise<ProduceAnswer> {
    const said = { message: null, recordErrors: [], throttleMs: 0 }
    try {
      const answers = await this.#produce(topic, partition, records)
      const answer = answers.find((answer) => answer.topicName === topic && answer.partition === partition)
      return { ...said, code: 0, ...timesOf(answer), throttleMs: this.#throttle.take() }
    } catch (error) {
      // It throws on an error code of the partition, and knows nothing of single records: it speaks version 7 of the request.
      const code = protocolErrorCode(error)
      if (code === undefined) throw error
      return { ...said, code, baseOffset: undefined, appendedAt: undefined, throttleMs: this.#throttle.take() }
    }
  }

  refresh(): void {
    // kafkajs asks again by itself after every error that calls for it.
  }

  async close(): Promise<void> {
    await Promise.all(this.#all().map((one) => one.disconnect()))
  }

  destroy(): void {
    for (const one of this.#all()) one.disconnect().catch(() => {})
    this.#sockets.destroy()
  }

  async #produce(topic: string, partition: number, records: readonly KafkaRecord[]): Promise<RecordMetadata[]> {
    const producer = await this.#producer(topic).client()
    const answers = await producer.send({
      topic,
      messages: messages(partition, records),
      acks: ACKS_ALL,
      compression: this.#compression,
      ...(this.#requestTimeoutMs === undefined ? {} : { timeout: this.#requestTimeoutMs }),
    })
    // Records for a partition that is unknown are left out, and the promise resolves.
    if (answers.length === 0) throw new Unavailable('no_topic', `topic ${topic} has no partition ${partition}`)
    return answers
  }

  #all(): Connected<Admin | Producer>[] {
    return [this.#admin, ...this.#producers.values()]
  }

  #producer(topic: string): Connected<Producer> {
    const known = this.#producers.get(topic)
    if (known) return known
    const producer = new Connected(() =>
      this.#kafka.producer({
        idempotent: false,
        allowAutoTopicCreation: false,
        metadataMaxAge: METADATA_MAX_AGE_MS,
        createPartitioner: () => (asked) => asked.message.partition ?? 0,
        retry: { retries: 0 },
      }),
    )
    this.#producers.set(topic, producer)
    return producer
  }
}

/** A client that is connected when first asked for, and made anew when that failed. */
class Connected<T extends Admin | Producer> {
  readonly #make: () => T
  #client: Promise<T> | undefined

  constructor(make: () => T) {
    this.#make = make
  }

  client(): Promise<T> {
    this.#client ??= this.#connect()
    return this.#client
  }

  async disconnect(): Promise<void> {
    await (await this.#client)?.disconnect()
  }

  async #connect(): Promise<T> {
    const client = this.#make()
    try {
      await client.connect()
      return client
    } catch (error) {
      this.#client = undefined
      client.disconnect().catch(() => {})
      throw error
    }
  }
}

function shuffled(brokers: readonly string[]): string[] {
  return brokers
    .map((broker) => ({ broker, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ broker }) => broker)
}

async function settings(
  admin: Admin,
  type: typeof TOPIC | typeof BROKER,
  of: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const resources = [{ type, name: of, configNames: [...names] }]
  const answer = await admin.describeConfigs({ includeSynonyms: false, resources })
  return new Map(answer.resources[0]?.configEntries.map(({ configName, configValue }) => [configName, configValue]))
}

function timesOf(answer: RecordMetadata | undefined): Pick<ProduceAnswer, 'baseOffset' | 'appendedAt'> {
  const { baseOffset, logAppendTime = '-1' } = answer ?? {}
  const appendedAt = Number(logAppendTime) < 0 ? undefined : Number(logAppendTime)
  return { baseOffset: baseOffset === undefined ? undefined : BigInt(baseOffset), appendedAt }
}

function messages(partition: number, records: readonly KafkaRecord[]): Message[] {
  return records.map(({ key, value, timestamp, headers }) => {
    const message: Message = { partition, key, value, timestamp: String(timestamp) }
    if (headers) message.headers = byName(headers)
    return message
  })
}

/** A name that is given more than once keeps all its values. */
function byName(pairs: NonNullable<KafkaRecord['headers']>): NonNullable<Message['headers']> {
  const headers: Record<string, Buffer[]> = Object.create(null)
  for (const [name, value] of pairs) {
    headers[name] ??= []
    headers[name].push(value)
  }
  return headers
}
