/** Kafka through @platformatic/kafka; its only importer. Idempotence and retries are off: holding and rebuilding are ours. */
import { randomInt } from 'node:crypto'
import {
  Admin,
  type Broker,
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
  type Reader,
  Writer,
} from '@platformatic/kafka'
import { Unavailable } from '../errors.ts'
import { before } from '../lib/deadline.ts'
import { scratch } from '../lib/scratch.ts'
import type { KafkaRecord, Sink } from '../model.ts'
import { type Codec, compressBatch, nodeCodecs } from './compression.ts'
import type { KafkaClient, ProduceAnswer, TopicFacts } from './kafka-client.ts'
import { isUnknownTopic } from './kafka-errors.ts'
import { kafkaSink } from './kafka-sink.ts'
import type { OpenSink, SinkOptions } from './options.ts'
import { baseOptions } from './platformatic-options.ts'
import { readProduceResponse } from './produce-response.ts'
import { recordBatch } from './record-batch.ts'
import type { Throttles } from './throttles.ts'
import { topicLimits } from './topic-limits.ts'

export { Consumer }

/** Opens a sink; connects on first use. */
export const openPlatformatic: OpenSink = (options, emit, clock): Sink =>
  kafkaSink({ build: platformaticClient(options), options, emit, clock })

/** A maker of clients; each connects on first use. Throws `ConfigError` for TLS material that cannot be used. */
export function platformaticClient(options: SinkOptions): (throttles: Throttles) => KafkaClient {
  const base = baseOptions(options)
  const codec = codecOf(options.compression)
  return (throttles) => new PlatformaticClient(base, codec, throttles)
}

const METADATA_MAX_AGE_MS = 10_000
/** A timeout that never comes: the library's own would end requests that wait for a broker that throttles us. */
const NEVER_MS = 86_400_000

/** The library's function copies plain bytes before it looks at them. */
function checksum(bytes: Uint8Array): number {
  return crc32c(Writer.create().append(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)).dynamicBuffer)
}

function codecOf(name: SinkOptions['compression']): Codec | undefined {
  if (name === 'none' || name === 'gzip' || name === 'zstd') return name === 'none' ? undefined : nodeCodecs[name]
  return { id: compressionsAlgorithms[name].bitmask, compress: compressionsAlgorithms[name].compressSync }
}

/** What a client is made from. */
type Base = ReturnType<typeof baseOptions>

class PlatformaticClient implements KafkaClient {
  readonly #producer: Producer
  readonly #admin: Admin
  readonly #stale = new Set<string>()
  /** When each topic's metadata came, on the monotonic clock. */
  readonly #updatedAt = new Map<string, number>()
  readonly #trouble = new Trouble()
  readonly #timeoutMs: number
  readonly #codec: Codec | undefined
  readonly #throttles: Throttles
  readonly #scratch = scratch()
  #destroyed = false

  constructor(base: Base, codec: Codec | undefined, throttles: Throttles) {
    this.#throttles = throttles
    this.#timeoutMs = base.timeout
    this.#codec = codec
    // It writes, and nothing else: what the metadata says is asked for by the other, which has the library's own timeouts.
    const writes = { idempotent: false, acks: ProduceAcks.ALL, repeatOnStaleMetadata: false, requestTimeout: NEVER_MS }
    this.#producer = new Producer({ ...base, ...writes })
    this.#admin = new Admin({ ...base })
    this.#trouble.watch(this.#producer)
    this.#trouble.watch(this.#admin)
  }

  describe(topic: string): Promise<TopicFacts> {
    return this.#trouble.explain(this.#describe(topic))
  }

  send(topic: string, partition: number, records: readonly KafkaRecord[]): Promise<ProduceAnswer> {
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
    const limits = await topicLimits(
      (names) => this.#settings(ConfigResourceTypes.TOPIC, topic, names),
      (names) => this.#settings(ConfigResourceTypes.BROKER, leader, names),
    )
    return { id, partitions: partitionsCount, ...limits }
  }

  async #send(topic: string, partition: number, records: readonly KafkaRecord[]): Promise<ProduceAnswer> {
    const { partitions } = await this.#current(topic)
    const leader = partitions[partition]?.leader
    if (leader === undefined) {
      throw new Unavailable('no_topic', `topic ${topic} has ${partitions.length} partitions, no partition ${partition}`)
    }
    const broker = this.#admin.currentMetadata?.brokers.get(leader)
    if (!broker) throw new Unavailable('not_leader', `partition ${partition} of ${topic} has no leader now`)
    const place = `${topic}/${partition}`
    this.#throttles.leads(place, leader)
    const connection = await this.#patient(broker, this.#producer.connections.get(broker))
    // Another client may have written these records meanwhile, and their memory may hold others now.
    if (this.#destroyed) throw new Unavailable('connect', 'the client was destroyed')
    const compressed = this.#codec && (await compressBatch(recordBatch(records, checksum), this.#codec, checksum))
    const batch = (): Buffer => compressed ?? recordBatch(records, checksum, this.#scratch)
    const answer = produce(connection, this.#timeoutMs, topic, partition, batch)
    return this.#patient(broker, answer, () => this.#throttles.until(place))
  }

  /** Ends as `work` does, or with the connection to the broker after the request timeout: no earlier than what it throttles us for lets it answer. */
  #patient<T>({ host, port }: Broker, work: Promise<T>, notBefore: () => number = () => 0): Promise<T> {
    const since = performance.now()
    return before(
      work,
      () => Math.max(since, notBefore()) + this.#timeoutMs,
      () => {
        for (const [, connection] of this.#producer.connections) {
          if (connection.host === host && connection.port === port) connection.socket?.destroy()
        }
        return new Unavailable('timeout', 'Kafka did not answer in time')
      },
    )
  }

  /** The topic's metadata, asked for again when it is old or was wrong. */
  async #current(topic: string): Promise<ClusterTopicMetadata> {
    const known = this.#admin.currentMetadata?.topics.get(topic)
    const isStale = this.#stale.delete(topic)
    // Its own time of update is of the wall clock, which may be set back.
    const age = performance.now() - (this.#updatedAt.get(topic) ?? Number.NEGATIVE_INFINITY)
    if (known && !isStale && age < METADATA_MAX_AGE_MS) return known
    try {
      const { topics } = await this.#admin.metadata({ topics: [topic], forceUpdate: true })
      const fresh = topics.get(topic)
      this.#updatedAt.set(topic, performance.now())
      if (fresh && fresh.partitionsCount > 0) return fresh
    } catch (error) {
      this.#stale.add(topic)
      if (!isUnknownTopic(error)) throw error
    }
    throw new Unavailable('no_topic', `Kafka has no topic ${topic}`)
  }

  async #settings(resourceType: 2 | 4, resourceName: string, names: readonly string[]): Promise<Map<string, string>> {
    const resources = [{ resourceType, resourceName, configurationKeys: [...names] }]
    const [found] = await this.#admin.describeConfigs({ resources })
    return new Map(found?.configs.map(({ name, value }) => [name, value ?? '']))
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
): Promise<ProduceAnswer> {
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
  const parse = (_correlationId: number, _apiKey: number, _apiVersion: number, reader: Reader) =>
    readProduceResponse(reader, topic, partition)
  return new Promise((resolve, reject) => {
    connection.send(key, version, request, parse, true, true, (error, answer) => {
      if (answer) resolve(answer)
      else reject(error)
    })
  })
}
