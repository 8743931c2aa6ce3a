/** Topics read through @platformatic/kafka, without a group: nothing is committed, joined or left behind. */
import { Unavailable, type UnavailableReason } from '../errors.ts'
import { backoffDelay } from '../lib/backoff.ts'
import { within } from '../lib/deadline.ts'
import { sleep } from '../lib/sleep.ts'
import { diagnose, isUnknownTopic } from './kafka-errors.ts'
import { Consumer, Trouble } from './platformatic.ts'
import { baseOptions } from './platformatic-options.ts'
import type { OpenTopicReader, StoredRecord, Stretch, TopicReader } from './topic-reader.ts'

/** Opens a reader; connects on first use. */
export const openPlatformaticReader: OpenTopicReader = (kafka, patienceMs): TopicReader => {
  const base = baseOptions(kafka)
  const deadlineMs = kafka.requestTimeoutMs + kafka.connectTimeoutMs + SLACK_MS
  return new PlatformaticReader(() => new Consumer({ ...base, groupId: kafka.clientId }), { deadlineMs, patienceMs })
}

type Batches = NonNullable<Fetched['responses'][number]['partitions'][number]['records']>
type Fetched = Awaited<ReturnType<Consumer['fetch']>>

const SLACK_MS = 1_000
/** Nobody waits long to learn that an address is wrong. */
const AT_FIRST_MS = 5_000
const BACKOFF = { baseMs: 100, capMs: 2_000 }
const FETCH = { minBytes: 1, maxBytes: 1024 * 1024, maxWaitTime: 500 }
const EARLIEST = -2n
const LATEST = -1n
const UNKNOWN_EPOCH = -1
/** Bits of a batch's attributes (KIP-98, KIP-32). */
const IS_CONTROL = 0x20
const HAS_BROKERS_TIME = 0x08
/** Asking again cures none of these. */
const FINAL: ReadonlySet<UnavailableReason> = new Set(['authentication', 'authorization', 'no_topic'])

class PlatformaticReader implements TopicReader {
  readonly #build: () => Consumer
  readonly #limits: { readonly deadlineMs: number; readonly patienceMs: number }
  readonly #trouble = new Trouble()
  #consumer: Consumer | undefined

  constructor(build: () => Consumer, limits: { readonly deadlineMs: number; readonly patienceMs: number }) {
    this.#build = build
    this.#limits = limits
  }

  stretches(topic: string, since?: number): Promise<readonly Stretch[]> {
    const ask = async (consumer: Consumer): Promise<Stretch[]> => {
      await leaderOf(consumer, topic, 0)
      const at = since === undefined ? EARLIEST : BigInt(since)
      // The end first: a `from` beyond it would be of a record that came in between.
      const to = await consumer.listOffsets({ topics: [topic], timestamp: LATEST })
      const from = await consumer.listOffsets({ topics: [topic], timestamp: at })
      const ends = to.get(topic) ?? []
      return ends.map((end, partition) => {
        const first = from.get(topic)?.[partition] ?? -1n
        return { topic, partition, from: first < 0n || first > end ? end : first, to: end }
      })
    }
    return this.#patiently(ask, Math.min(this.#limits.patienceMs || AT_FIRST_MS, AT_FIRST_MS))
  }

  async *read({ topic, partition, from, to }: Stretch): AsyncGenerator<readonly StoredRecord[]> {
    for (let next = from; next < to; ) {
      const { batches, end } = await this.#patiently(
        (consumer) => fetchFrom(consumer, topic, partition, next),
        this.#limits.patienceMs,
      )
      yield batches.flatMap((batch) => recordsOf(batch, topic, partition)).filter(isBetween(next, to))
      next = end
    }
  }

  async close(): Promise<void> {
    const consumer = this.#consumer
    this.#consumer = undefined
    if (consumer) destroy(consumer)
  }

  /** A client that failed is thrown away, so that neither what it remembers nor what it waits for stands in the way. */
  async #patiently<T>(work: (consumer: Consumer) => Promise<T>, patienceMs: number): Promise<T> {
    const startedAt = performance.now()
    for (let attempt = 0; ; attempt++) {
      try {
        return await within(this.#trouble.explain(work(this.#open())), this.#limits.deadlineMs, () => this.#late())
      } catch (thrown) {
        const { error } = diagnose(thrown)
        await this.close()
        const isOver = patienceMs > 0 && performance.now() - startedAt > patienceMs
        if (isOver || FINAL.has(error.reason)) throw error
      }
      await sleep(BACKOFF.baseMs + backoffDelay(attempt, BACKOFF))
    }
  }

  #open(): Consumer {
    if (this.#consumer) return this.#consumer
    this.#consumer = this.#build()
    this.#trouble.watch(this.#consumer)
    return this.#consumer
  }

  #late(): Unavailable {
    return new Unavailable('timeout', `Kafka did not answer within ${this.#limits.deadlineMs} ms`)
  }
}

function destroy(consumer: Consumer): void {
  const sockets = [...consumer.connections].map(([, connection]) => connection.socket)
  consumer.close().catch(() => {})
  for (const socket of sockets) socket?.destroy()
}

async function leaderOf(consumer: Consumer, topic: string, partition: number): Promise<{ id: string; leader: number }> {
  consumer.topics.track(topic)
  const metadata = await consumer.metadata({ topics: [topic] }).catch((error: unknown) => {
    throw isUnknownTopic(error) ? new Unavailable('no_topic', `Kafka has no topic ${topic}`) : error
  })
  const found = metadata.topics.get(topic)
  const leader = found?.partitions[partition]?.leader
  if (!found || leader === undefined) throw new Unavailable('no_topic', `Kafka has no topic ${topic}`)
  if (leader < 0) throw new Unavailable('not_leader', `partition ${partition} of ${topic} has no leader now`)
  return { id: found.id, leader }
}

/** What begins at `offset`, and where to go on; a position that retention has overtaken goes on where the log begins now. */
async function fetchFrom(
  consumer: Consumer,
  topic: string,
  partition: number,
  offset: bigint,
): Promise<{ batches: Batches; end: bigint }> {
  const { id, leader } = await leaderOf(consumer, topic, partition)
  const begins = (
    await consumer.listOffsets({ topics: [topic], partitions: { [topic]: [partition] }, timestamp: EARLIEST })
  ).get(topic)?.[partition]
  if (begins !== undefined && begins > offset) return { batches: [], end: begins }
  const wanted = {
    partition,
    fetchOffset: offset,
    currentLeaderEpoch: UNKNOWN_EPOCH,
    lastFetchedEpoch: UNKNOWN_EPOCH,
    partitionMaxBytes: FETCH.maxBytes,
  }
  const answer = await consumer.fetch({ ...FETCH, node: leader, topics: [{ topicId: id, partitions: [wanted] }] })
  const batches = answer.responses.flatMap(({ partitions }) => partitions.flatMap(({ records }) => records ?? []))
  const last = batches.at(-1)
  if (!last) throw new Unavailable('response', `nothing came of partition ${partition} of ${topic} at ${offset}`)
  return { batches, end: last.firstOffset + BigInt(last.lastOffsetDelta) + 1n }
}

function recordsOf(batch: Batches[number], topic: string, partition: number): StoredRecord[] {
  if (batch.attributes & IS_CONTROL) return []
  const brokersTime = batch.attributes & HAS_BROKERS_TIME ? batch.maxTimestamp : undefined
  return batch.records.map(({ offsetDelta, timestampDelta, value, headers }) => ({
    topic,
    partition,
    offset: batch.firstOffset + BigInt(offsetDelta),
    timestamp: Number(brokersTime ?? batch.firstTimestamp + timestampDelta),
    value,
    headers: new Map(headers.map(([name, content]) => [String(name ?? ''), content ?? Buffer.alloc(0)])),
  }))
}

/** A fetch begins with the whole batch that its offset is in, and ends behind what was asked for. */
function isBetween(from: bigint, to: bigint): (record: StoredRecord) => boolean {
  return ({ offset }) => offset >= from && offset < to
}
