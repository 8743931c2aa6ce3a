/** Kafka through @platformatic/kafka; its only importer. Idempotence and retries are off: holding and rebuilding are ours. */
import { randomInt } from 'node:crypto'
import { isIP } from 'node:net'
import {
  Admin,
  type BaseOptions,
  type ClusterTopicMetadata,
  ConfigResourceTypes,
  type Connection,
  Consumer,
  compressionsAlgorithms,
  crc32c,
  kGetBootstrapConnection,
  ProduceAcks,
  Producer,
  produceV9,
  Writer,
} from '@platformatic/kafka'
import { Unavailable } from '../errors.ts'
import { scratch } from '../lib/scratch.ts'
import type { KafkaRecord, Sink } from '../model.ts'
import { batchLimit, isCompacted } from './batch-limit.ts'
import { type Codec, compressBatch, nodeCodecs } from './compression.ts'
import type { KafkaClient, TopicFacts } from './kafka-client.ts'
import { isUnknownTopic } from './kafka-errors.ts'
import { kafkaSink } from './kafka-sink.ts'
import type { OpenSink, SinkOptions } from './options.ts'
import { platformaticSasl } from './platformatic-sasl.ts'
import { recordBatch } from './record-batch.ts'
import { nodeTls } from './tls.ts'

export { Consumer }

/** Opens a sink; connects on first use. */
export const openPlatformatic: OpenSink = (options, emit): Sink => {
  const base = baseOptions(options)
  const codec = codecOf(options.compression)
  return kafkaSink(() => new PlatformaticClient(base, codec), options, emit)
}

type ProduceResponse = ReturnType<typeof produceV9.parseResponse>

const METADATA_MAX_AGE_MS = 10_000
/** Requests on one connection at a time: enough that partitions of a broker never wait for each other. */
const MAX_IN_FLIGHT = 100_000

/** The library's function copies plain bytes before it looks at them. */
function checksum(bytes: Uint8Array): number {
  return crc32c(Writer.create().append(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)).dynamicBuffer)
}

function codecOf(name: SinkOptions['compression']): Codec | undefined {
  if (name === 'none' || name === 'gzip' || name === 'zstd') return name === 'none' ? undefined : nodeCodecs[name]
  return { id: compressionsAlgorithms[name].bitmask, compress: compressionsAlgorithms[name].compressSync }
}

/** How to reach Kafka, in the library's words. Throws `ConfigError` for TLS material that cannot be used. */
export function baseOptions({
  brokers,
  clientId,
  tls,
  sasl,
  requestTimeoutMs,
  connectTimeoutMs,
}: SinkOptions): BaseOptions & { readonly timeout: number } {
  return {
    clientId,
    bootstrapBrokers: [...brokers],
    strict: true,
    retries: false,
    autocreateTopics: false,
    maxInflights: MAX_IN_FLIGHT,
    // Never refreshed behind our back: `send` finds what `#current` has just checked.
    metadataMaxAge: Number.MAX_SAFE_INTEGER,
    connectTimeout: connectTimeoutMs,
    requestTimeout: requestTimeoutMs,
    // What the broker may take to replicate.
    timeout: requestTimeoutMs,
    ...(tls && {
      tls: nodeTls(tls),
      tlsServerName: !brokers.some((broker) => isIP(broker.replace(/:\d+$|[[\]]/g, ''))),
    }),
    ...(sasl && { sasl: platformaticSasl(sasl, tls?.ca, requestTimeoutMs) }),
  }
}

class PlatformaticClient implements KafkaClient {
  readonly #producer: Producer
  readonly #admin: Admin
  readonly #stale = new Set<string>()
  readonly #trouble = new Trouble()
  readonly #timeoutMs: number
  readonly #codec: Codec | undefined
  readonly #scratch = scratch()
  #destroyed = false

  constructor(base: BaseOptions & { readonly timeout: number }, codec: Codec | undefined) {
    this.#timeoutMs = base.timeout
    this.#codec = codec
    this.#producer = new Producer({ ...base, idempotent: false, acks: ProduceAcks.ALL, repeatOnStaleMetadata: false })
    this.#admin = new Admin({ ...base })
    this.#trouble.watch(this.#producer)
    this.#trouble.watch(this.#admin)
  }

  describe(topic: string): Promise<TopicFacts> {
    return this.#trouble.explain(this.#describe(topic))
  }

  send(topic: string, partition: number, records: readonly KafkaRecord[]): Promise<bigint | undefined> {
    return this.#trouble.explain(this.#send(topic, partition, records))
  }

  refresh(topic: string): void {
    this.#stale.add(topic)
  }

  async close(): Promise<void> {
    await Promise.all([this.#producer.close(), this.#admin.close()])
  }

  destroy(): void {
    this.#destroyed = true
    for (const client of [this.#producer, this.#admin]) {
      const sockets = [...client.connections].map(([, connection]) => connection.socket)
      client.close().catch(() => {})
      for (const socket of sockets) socket?.destroy()
    }
  }

  async #describe(topic: string): Promise<TopicFacts> {
    const { id, partitionsCount, partitions } = await this.#current(topic)
    const leader = String(partitions[0]?.leader)
    const ofTopic = (name: string) => this.#setting(ConfigResourceTypes.TOPIC, topic, name)
    const ofBroker = (name: string) => this.#setting(ConfigResourceTypes.BROKER, leader, name)
    const [maxMessageBytes, compacted] = await Promise.all([batchLimit(ofTopic, ofBroker), isCompacted(ofTopic)])
    return { id, partitions: partitionsCount, maxMessageBytes, isCompacted: compacted || undefined }
  }

  async #send(topic: string, partition: number, records: readonly KafkaRecord[]): Promise<bigint | undefined> {
    const { partitions } = await this.#current(topic)
    const leader = partitions[partition]?.leader
    if (leader === undefined) {
      throw new Unavailable('no_topic', `topic ${topic} has ${partitions.length} partitions, no partition ${partition}`)
    }
    const broker = this.#producer.currentMetadata?.brokers.get(leader)
    if (!broker) throw new Unavailable('not_leader', `partition ${partition} of ${topic} has no leader now`)
    const connection = await this.#producer.connections.get(broker)
    // Another client may have written these records meanwhile, and their memory may hold others now.
    if (this.#destroyed) throw new Unavailable('connect', 'the client was destroyed')
    const compressed = this.#codec && (await compressBatch(recordBatch(records, checksum), this.#codec, checksum))
    const batch = (): Buffer => compressed ?? recordBatch(records, checksum, this.#scratch)
    const answer = await produce(connection, this.#timeoutMs, topic, partition, batch)
    return answer.responses
      .find(({ name }) => name === topic)
      ?.partitionResponses.find(({ index }) => index === partition)?.baseOffset
  }

  /** The topic's metadata, asked for again when it is old or was wrong. */
  async #current(topic: string): Promise<ClusterTopicMetadata> {
    const known = this.#producer.currentMetadata?.topics.get(topic)
    const stale = this.#stale.delete(topic)
    if (known && !stale && Date.now() - known.lastUpdate < METADATA_MAX_AGE_MS) return known
    try {
      const { topics } = await this.#producer.metadata({ topics: [topic], forceUpdate: true })
      const fresh = topics.get(topic)
      if (fresh && fresh.partitionsCount > 0) return fresh
    } catch (error) {
      this.#stale.add(topic)
      if (!isUnknownTopic(error)) throw error
    }
    throw new Unavailable('no_topic', `Kafka has no topic ${topic}`)
  }

  async #setting(resourceType: 2 | 4, resourceName: string, name: string): Promise<string | null | undefined> {
    const resources = [{ resourceType, resourceName, configurationKeys: [name] }]
    const [found] = await this.#admin.describeConfigs({ resources })
    return found?.configs.find((config) => config.name === name)?.value
  }
}

/** What the library keeps from those who call it. */
export class Trouble {
  #last: Error | undefined
  #skip = 0

  /** Listens to the connections of `client`, and makes it ask another broker first after a failure. */
  watch(client: Producer | Admin | Consumer): void {
    // A connection may emit `error` more than once while its pool listens once: a second one would end the process.
    client.connections.on('connecting', ({ connection }) => {
      connection.on('error', (error) => {
        this.#last = error
      })
    })
    // The order of the brokers is always the same, so that one that hangs would be asked again and again.
    const first = client[kGetBootstrapConnection].bind(client)
    client[kGetBootstrapConnection] = (callback, attempt = 0) => first(callback, attempt + this.#skip)
  }

  /** A request only learns that its connection is gone, the connection knows why (a TLS alert, say): tell both. */
  async explain<T>(work: Promise<T>): Promise<T> {
    try {
      const result = await work
      this.#last = undefined
      return result
    } catch (error) {
      const why = this.#last
      this.#last = undefined
      this.#skip = randomInt(1, 1_000)
      throw why ? new AggregateError([error, why], 'the connection failed') : error
    }
  }
}

/** The library's own way makes a dozen small buffers of each record. It copies what `written` answers before anything else runs. */
function produce(
  connection: Connection,
  timeoutMs: number,
  topic: string,
  partition: number,
  written: () => Buffer,
): Promise<ProduceResponse> {
  const request = (): Writer => {
    const batch = written()
    return Writer.create()
      .appendString(null)
      .appendInt16(ProduceAcks.ALL)
      .appendInt32(timeoutMs)
      .appendArray([topic], (topics) =>
        topics.appendString(topic).appendArray([partition], (partitions) =>
          partitions
            .appendInt32(partition)
            .appendUnsignedVarInt(batch.length + 1)
            .append(batch),
        ),
      )
      .appendTaggedFields()
  }
  const { key, version } = produceV9.api
  return new Promise((resolve, reject) => {
    connection.send(key, version, request, produceV9.parseResponse, true, true, (error, answer) => {
      if (answer) resolve(answer)
      else reject(error)
    })
  })
}
