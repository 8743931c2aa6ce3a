/** What a topic takes, as far as its brokers tell. */
import type { TopicFacts } from './kafka-client.ts'
import { diagnose } from './kafka-errors.ts'

/** Kafka's defaults, assumed where reading is not permitted. */
const MAX_BATCH_BYTES = 1_048_588
const MAX_REQUEST_BYTES = 104_857_600
const TIMESTAMP_AFTER_MAX_MS = 3_600_000
/** What a request holds beside its batch: header, client id, topic name. */
const REQUEST_OVERHEAD_BYTES = 1_024

/** Before Kafka 3.6 one setting bounded both sides. */
const AFTER = ['message.timestamp.after.max.ms', 'message.timestamp.difference.max.ms']
const BEFORE = ['message.timestamp.before.max.ms', 'message.timestamp.difference.max.ms']
const OF_TOPIC = [...new Set(['max.message.bytes', ...AFTER, ...BEFORE])]
const OF_BROKER = ['socket.request.max.bytes']

/** Reads settings of a topic or a broker in one request; those that are not told are left out. */
export type AskSettings = (names: readonly string[]) => Promise<ReadonlyMap<string, string>>

/**
 * Bytes of a batch: the topic's limit, or what fits into a request where that is less (a broker drops the connection, without
 * a word, on a request that is larger than it reads). And the window around the broker's clock that a record's time must lie in.
 * Rejects when settings cannot be read for another reason than a missing permission: a guess could refuse records that the topic takes.
 */
export async function topicLimits(
  ofTopic: AskSettings,
  ofBroker: AskSettings,
): Promise<Pick<TopicFacts, 'maxMessageBytes' | 'timestampWindow'>> {
  const [topic, broker] = await Promise.all([settings(ofTopic, OF_TOPIC), settings(ofBroker, OF_BROKER)])
  const batch = first(topic, ['max.message.bytes'], MAX_BATCH_BYTES)
  const request = first(broker, OF_BROKER, MAX_REQUEST_BYTES)
  return {
    maxMessageBytes: Math.min(batch, request - REQUEST_OVERHEAD_BYTES),
    timestampWindow: {
      beforeMs: first(topic, BEFORE, Number.POSITIVE_INFINITY),
      afterMs: first(topic, AFTER, TIMESTAMP_AFTER_MAX_MS),
    },
  }
}

async function settings(ask: AskSettings, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  try {
    return await ask(names)
  } catch (error) {
    if (diagnose(error).error.reason === 'authorization') return new Map()
    throw error
  }
}

/** The first of `names` that has a positive number. */
function first(from: ReadonlyMap<string, string>, names: readonly string[], assumed: number): number {
  const values = names.map((name) => Number(from.get(name)))
  return values.find((value) => Number.isFinite(value) && value > 0) ?? assumed
}
