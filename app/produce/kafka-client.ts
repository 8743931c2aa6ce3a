/** What a Kafka library is reduced to; everything else about the sink port is written once, above it. */
import type { KafkaRecord, TopicInfo } from '../model.ts'

/** What is known of a topic. */
export interface TopicFacts extends TopicInfo {
  /** Tells a topic that was deleted and made again from the old one, where the library knows it. */
  readonly id?: string
}

/**
 * One library's client. It connects on first use, never retries by itself, and rejects with whatever its library throws:
 * the caller classifies that. It may hang: the caller has a deadline.
 */
export interface KafkaClient {
  /** Partitions and limit, at most 10 s old. */
  describe(topic: string): Promise<TopicFacts>
  /**
   * Writes records to one topic-partition in one request, acknowledged by all in-sync replicas. Resolves with the base
   * offset that the answer names for this topic-partition, or undefined when it names none.
   */
  send(topic: string, partition: number, records: readonly KafkaRecord[]): Promise<bigint | undefined>
  /** What is remembered of the topic may be wrong: ask again before the next send. */
  refresh(topic: string): void
  /** Ends in order. May hang or reject. */
  close(): Promise<void>
  /** Ends at once: nothing is sent any more, every pending promise settles soon. Never throws. */
  destroy(): void
}
