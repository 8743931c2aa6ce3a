/** A topic that is about to be used: is it there, and does it take what shall be written to it? */
import { Unavailable } from '../errors.ts'
import { within } from '../lib/deadline.ts'
import type { Sink, TopicInfo, TopicUse } from '../model.ts'
import { type KafkaAddress, withCure } from './cures.ts'

/** A broker that accepts connections and then says nothing is told of after this time, long before the request ends. */
const PATIENCE_MS = 5_000

/**
 * Asks Kafka. Throws `Unavailable` with the cure: what `Sink.describe` throws, `timeout` after five seconds at the latest, and
 * `invalid_record` for a compacted topic and records without a key.
 */
export async function openTopic(
  sink: Pick<Sink, 'describe'>,
  topic: string,
  address: KafkaAddress,
  use: TopicUse | undefined,
): Promise<TopicInfo> {
  const late = (): Unavailable => new Unavailable('timeout', `Kafka has said nothing for ${PATIENCE_MS / 1_000} s`)
  const info = await within(sink.describe(topic), PATIENCE_MS, late).catch((error: unknown) => {
    throw withCure(error, topic, address, use)
  })
  if (info.isCompacted && use?.keyCure !== undefined) {
    const problem = `topic ${topic} is compacted (cleanup.policy), and takes no record without a key`
    throw new Unavailable('invalid_record', problem, { cure: use.keyCure, setting: use.setting })
  }
  return info
}
