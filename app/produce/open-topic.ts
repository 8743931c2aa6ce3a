/** A topic that is about to be used: is it there, and does it take what shall be written to it? */
import { Unavailable } from '../errors.ts'
import { within } from '../lib/deadline.ts'
import type { Sink, TopicInfo, TopicUse } from '../model.ts'
import { type KafkaAddress, withCure } from './cures.ts'

/** For whoever asks again: a broker that accepts connections and then says nothing is told of long before the request ends. */
export const PATIENCE_MS = 5_000

/** Who is asked, and for how long. */
export interface Asking extends KafkaAddress {
  /** After so many milliseconds without an answer the caller is told so; without it, when the request ends. */
  readonly patienceMs?: number | undefined
}

/**
 * Asks Kafka. Throws `Unavailable` with the cure: what `Sink.describe` throws, `timeout` when the patience is over (the request goes
 * on), and `invalid_record` for a compacted topic and records without a key.
 */
export async function openTopic(
  sink: Pick<Sink, 'describe'>,
  topic: string,
  asking: Asking,
  use: TopicUse | undefined,
): Promise<TopicInfo> {
  const info = await patiently(sink.describe(topic), asking.patienceMs).catch((error: unknown) => {
    throw withCure(error, topic, asking, use)
  })
  if (info.isCompacted && use?.keyCure !== undefined) {
    const problem = `topic ${topic} is compacted (cleanup.policy), and takes no record without a key`
    throw new Unavailable('invalid_record', problem, { cure: use.keyCure, setting: use.setting })
  }
  return info
}

function patiently(answer: Promise<TopicInfo>, ms: number | undefined): Promise<TopicInfo> {
  if (ms === undefined) return answer
  return within(answer, ms, () => new Unavailable('timeout', `Kafka has said nothing for ${ms / 1_000} s`))
}
