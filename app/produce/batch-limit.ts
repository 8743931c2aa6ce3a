/** What a topic takes, as far as its brokers tell. */
import { diagnose } from './kafka-errors.ts'

/** Kafka's defaults, assumed where reading is not permitted. */
const MAX_BATCH_BYTES = 1_048_588
const MAX_REQUEST_BYTES = 104_857_600
/** What a request holds beside its batch: header, client id, topic name. */
const REQUEST_OVERHEAD_BYTES = 1_024

/** Reads one setting of a topic or a broker; undefined or null where it is not told. */
export type AskSetting = (name: string) => Promise<string | null | undefined>

/**
 * Bytes of a batch: the topic's limit, or what fits into a request where that is less (a broker drops the connection, without
 * a word, on a request that is larger than it reads). Rejects when a setting cannot be read for another reason than a
 * missing permission: a guess could refuse records that the topic takes.
 */
export async function batchLimit(ofTopic: AskSetting, ofBroker: AskSetting): Promise<number> {
  const [batch, request] = await Promise.all([
    setting(ofTopic, 'max.message.bytes', MAX_BATCH_BYTES),
    setting(ofBroker, 'socket.request.max.bytes', MAX_REQUEST_BYTES),
  ])
  return Math.min(batch, request - REQUEST_OVERHEAD_BYTES)
}

/** Whether a topic is compacted, whatever else becomes of its old records. False where reading is not permitted; rejects as `batchLimit`. */
export async function isCompacted(ofTopic: AskSetting): Promise<boolean> {
  const policy = await permitted(ofTopic, 'cleanup.policy')
  return policy?.split(',').some((one) => one.trim() === 'compact') ?? false
}

async function setting(ask: AskSetting, name: string, assumed: number): Promise<number> {
  const bytes = Number(await permitted(ask, name))
  return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : assumed
}

/** Undefined where reading is not permitted. */
async function permitted(ask: AskSetting, name: string): Promise<string | undefined> {
  try {
    return (await ask(name)) ?? undefined
  } catch (error) {
    if (diagnose(error).error.reason === 'authorization') return undefined
    throw error
  }
}
