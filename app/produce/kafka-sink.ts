/** The sink port over any Kafka client: refusals, times, offsets checked, quotas, deadlines and rebuilding, written once. */
import { Unavailable } from '../errors.ts'
import type { Emit } from '../events.ts'
import { type Clock, steadyNow } from '../lib/clock.ts'
import type { KafkaRecord, Refusal, Sink, TopicInfo } from '../model.ts'
import { learnTime, timeOfRefusal } from './broker-time.ts'
import type { KafkaClient, ProduceAnswer, TimestampWindow } from './kafka-client.ts'
import { brokerError } from './kafka-errors.ts'
import { OffsetGuard } from './offset-guard.ts'
import type { SinkOptions } from './options.ts'
import { Rebuilding, type RebuildLimits } from './rebuilding.ts'
import { type Attempt, afterRefusal, concernsOurTime, speaksOfRecords } from './refusals.ts'
import { Throttles } from './throttles.ts'

const SLACK_MS = 1_000
/** Before a topic was described: no bound is known, so nothing is learned from a refusal. */
const NO_WINDOW: TimestampWindow = { beforeMs: Number.POSITIVE_INFINITY, afterMs: Number.POSITIVE_INFINITY }

/** What a sink over a Kafka client is made of. */
export interface KafkaSinkParts {
  /** Makes a client: called on first use, and again whenever one was thrown away. */
  readonly build: (throttles: Throttles) => KafkaClient
  readonly options: SinkOptions
  readonly emit: Emit
  readonly clock: Clock
  readonly mostRecords?: number
  /** Makes a client that is told by what window a time was refused, where those of `build` are not. */
  readonly buildWitness?: (throttles: Throttles) => KafkaClient
}

/** A sink over the clients that `build` makes. */
export function kafkaSink(parts: KafkaSinkParts): Sink {
  return new KafkaSink(parts)
}

/** A call may have to connect, ask for metadata and then do its work; the library's own limits should come first. */
function limitsOf({ requestTimeoutMs, connectTimeoutMs }: SinkOptions): RebuildLimits {
  return { deadlineMs: requestTimeoutMs + connectTimeoutMs + SLACK_MS, silentMs: 30_000, closeMs: 3_000, slowMs: 3_000 }
}

class KafkaSink implements Sink {
  readonly mostRecords: number | undefined
  readonly #clients: Rebuilding<KafkaClient>
  readonly #witness: Rebuilding<KafkaClient> | undefined
  readonly #emit: Emit
  readonly #clock: Clock
  readonly #offsets = new OffsetGuard()
  readonly #throttles = new Throttles()
  readonly #ids = new Map<string, string>()
  readonly #windows = new Map<string, TimestampWindow>()

  constructor({ build, buildWitness, options, emit, clock, mostRecords }: KafkaSinkParts) {
    this.mostRecords = mostRecords
    this.#emit = emit
    this.#clock = clock
    this.#clients = new Rebuilding(() => build(this.#throttles), limitsOf(options), emit)
    this.#witness =
      buildWitness &&
      new Rebuilding(
        () => buildWitness(this.#throttles),
        limitsOf(options),
        () => {},
      )
  }

  async describe(topic: string): Promise<TopicInfo> {
    const { id, partitions, maxMessageBytes, isCompacted, timestampWindow } = await this.#run(
      this.#clients,
      topic,
      (it) => it.describe(topic),
    )
    this.#windows.set(topic, timestampWindow)
    if (id !== undefined && id !== this.#ids.get(topic)) {
      this.#offsets.forget(topic)
      this.#ids.set(topic, id)
    }
    return { partitions, maxMessageBytes, isCompacted }
  }

  async write(topic: string, partition: number, records: readonly KafkaRecord[]): Promise<readonly Refusal[]> {
    const refusals: Refusal[] = []
    let attempt: Attempt = { records, indexes: undefined, hasBrokerTime: false }
    while (attempt.records.length > 0) {
      const answer = await this.#ask(this.#clients, topic, partition, attempt.records)
      if (answer.code === 0) break
      const now = concernsOurTime(answer, attempt)
        ? await this.#brokerNow(answer, topic, partition, attempt)
        : undefined
      if (now === 'acknowledged') break
      attempt = afterRefusal(answer, attempt, now, refusals)
    }
    return refusals.sort((a, b) => a.index - b.index)
  }

  async close(): Promise<void> {
    this.#throttles.close()
    await Promise.all([this.#clients.close(), this.#witness?.close()])
  }

  /** The broker's present time: by its own word, by what is known of its clock, or by its word to a client that hears it. */
  async #brokerNow(
    answer: ProduceAnswer,
    topic: string,
    partition: number,
    { records }: Attempt,
  ): Promise<number | undefined | 'acknowledged'> {
    const said = timeOfRefusal(answer, this.#windowOf(topic))
    if (said !== undefined) return said
    if (this.#clock.isKnown) return this.#clock.now()
    // With a lone record there is no doubt which one is meant, and writing it is what was asked for.
    if (!this.#witness || records.length > 1) return undefined
    const heard = await this.#ask(this.#witness, topic, partition, records)
    return heard.code === 0 ? 'acknowledged' : timeOfRefusal(heard, this.#windowOf(topic))
  }

  /** One request. Throws `Unavailable` for whatever is not about its records. */
  async #ask(
    clients: Rebuilding<KafkaClient>,
    topic: string,
    partition: number,
    records: readonly KafkaRecord[],
  ): Promise<ProduceAnswer> {
    const place = `${topic}/${partition}`
    await this.#throttles.pass(place)
    const send = async (client: KafkaClient): Promise<ProduceAnswer> => {
      const from = steadyNow()
      const answer = await client.send(topic, partition, records)
      learnTime(this.#clock, answer, this.#windowOf(topic), [from, steadyNow()])
      this.#throttles.learn(place, answer.throttleMs)
      if (answer.throttleMs > 0) this.#emit({ type: 'kafka.throttled', topic, throttleMs: answer.throttleMs })
      if (answer.code === 0) this.#checkOffsets(topic, partition, answer.baseOffset, records.length)
      else if (!speaksOfRecords(answer)) throw brokerError(answer.code, answer.message)
      return answer
    }
    return this.#run(clients, topic, send, () => this.#throttles.until(place))
  }

  #windowOf(topic: string): TimestampWindow {
    return this.#windows.get(topic) ?? NO_WINDOW
  }

  #checkOffsets(topic: string, partition: number, base: bigint | undefined, records: number): void {
    if (base === undefined || base < 0n) {
      throw new Unavailable('response', `the answer does not name partition ${partition} of ${topic}`)
    }
    if (!this.#offsets.accepts(topic, partition, base, records)) {
      throw new Unavailable('response', `the offsets of partition ${partition} of ${topic} went back`)
    }
  }

  async #run<T>(
    clients: Rebuilding<KafkaClient>,
    topic: string,
    use: (client: KafkaClient) => Promise<T>,
    notBefore?: () => number,
  ): Promise<T> {
    let used: KafkaClient | undefined
    try {
      return await clients.run((client) => {
        used = client
        return use(client)
      }, notBefore)
    } catch (error) {
      const { reason } = error as Unavailable
      if (reason === 'no_topic') this.#offsets.forget(topic)
      if (reason !== 'not_enough_replicas') used?.refresh(topic)
      throw error
    }
  }
}
