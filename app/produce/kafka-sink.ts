/** The sink port over any Kafka client: refusals, offsets checked, deadlines and rebuilding, written once. */
import { Unavailable } from '../errors.ts'
import type { Emit } from '../events.ts'
import type { KafkaRecord, Refusal, Sink, TopicInfo } from '../model.ts'
import type { KafkaClient } from './kafka-client.ts'
import { OffsetGuard } from './offset-guard.ts'
import type { SinkOptions } from './options.ts'
import { Rebuilding, type RebuildLimits } from './rebuilding.ts'

const SLACK_MS = 1_000
const NONE: readonly Refusal[] = []

/** A sink over clients made by `build`, which is called on first use and again whenever a client was thrown away. */
export function kafkaSink(build: () => KafkaClient, options: SinkOptions, emit: Emit, mostRecords?: number): Sink {
  return new KafkaSink(build, limitsOf(options), emit, mostRecords)
}

/** A call may have to connect, ask for metadata and then do its work; the library's own limits should come first. */
function limitsOf({ requestTimeoutMs, connectTimeoutMs }: SinkOptions): RebuildLimits {
  return { deadlineMs: requestTimeoutMs + connectTimeoutMs + SLACK_MS, silentMs: 30_000, closeMs: 3_000 }
}

class KafkaSink implements Sink {
  readonly mostRecords: number | undefined
  readonly #clients: Rebuilding
  readonly #offsets = new OffsetGuard()
  readonly #ids = new Map<string, string>()

  constructor(build: () => KafkaClient, limits: RebuildLimits, emit: Emit, mostRecords?: number) {
    this.mostRecords = mostRecords
    this.#clients = new Rebuilding(build, limits, emit)
  }

  async describe(topic: string): Promise<TopicInfo> {
    const { id, partitions, maxMessageBytes, isCompacted } = await this.#run(topic, (client) => client.describe(topic))
    if (id !== undefined && id !== this.#ids.get(topic)) {
      this.#offsets.forget(topic)
      this.#ids.set(topic, id)
    }
    return { partitions, maxMessageBytes, isCompacted }
  }

  async write(topic: string, partition: number, records: readonly KafkaRecord[]): Promise<readonly Refusal[]> {
    if (records.length === 0) return NONE
    try {
      await this.#run(topic, (client) => this.#send(client, topic, partition, records))
      return NONE
    } catch (error) {
      const refusal = error instanceof Unavailable ? REFUSALS[error.reason] : undefined
      if (refusal && records.length === 1) return [[0, refusal]]
      throw error
    }
  }

  close(): Promise<void> {
    return this.#clients.close()
  }

  async #send(client: KafkaClient, topic: string, partition: number, records: readonly KafkaRecord[]): Promise<void> {
    const base = await client.send(topic, partition, records)
    if (base === undefined || base < 0n) {
      throw new Unavailable('response', `the answer does not name partition ${partition} of ${topic}`)
    }
    if (!this.#offsets.accepts(topic, partition, base, records.length)) {
      throw new Unavailable('response', `the offsets of partition ${partition} of ${topic} went back`)
    }
  }

  async #run<T>(topic: string, use: (client: KafkaClient) => Promise<T>): Promise<T> {
    let used: KafkaClient | undefined
    try {
      return await this.#clients.run((client) => {
        used = client
        return use(client)
      })
    } catch (error) {
      const { reason } = error as Unavailable
      if (reason === 'no_topic') this.#offsets.forget(topic)
      if (!BROKER_HAS_SPOKEN.has(reason)) used?.refresh(topic)
      throw error
    }
  }
}

/** On a single record: what the caller is told instead of being asked to try again. */
const REFUSALS: Partial<Record<Unavailable['reason'], Refusal[1]>> = {
  too_large: 'too_large',
  invalid_record: 'broker_refused',
}

/** The right broker was asked, so what we know of the topic is not to blame. */
const BROKER_HAS_SPOKEN: ReadonlySet<Unavailable['reason']> = new Set([
  'too_large',
  'invalid_record',
  'not_enough_replicas',
])
