/** What a Kafka library is reduced to; everything else about the sink port is written once, above it. */
import type { KafkaRecord, TopicInfo } from '../model.ts'

/** `message.timestamp.before.max.ms` and `message.timestamp.after.max.ms` of a topic (KIP-937). */
export interface TimestampWindow {
  readonly beforeMs: number
  readonly afterMs: number
}

/** What is known of a topic. */
export interface TopicFacts extends TopicInfo {
  /** Tells a topic that was deleted and made again from the old one, where the library knows it. */
  readonly id?: string
  /** How far before and after the broker's clock a record's time may be, in milliseconds. */
  readonly timestampWindow: TimestampWindow
}

/** A record of a request that the broker does not take. */
export interface RecordError {
  /** Index in the request, from 0. */
  readonly index: number
  /** The broker's words. */
  readonly message: string | null
}

/**
 * What Kafka says about the one partition of a produce request (Produce response v2 and later; record errors: KIP-467, v8;
 * throttle time: KIP-219). Whatever the library makes of such a response, this is all that counts.
 */
export interface ProduceAnswer {
  /** 0: all records are acknowledged. Otherwise none was written, and this error code of the protocol says why. */
  readonly code: number
  /** The broker's words; null when it had none, or the protocol version has no room for them. */
  readonly message: string | null
  /** The offset of the first record; undefined when the response does not name the partition. */
  readonly baseOffset: bigint | undefined
  /** The broker's clock when it wrote them, milliseconds since the epoch; undefined where records keep their own times. */
  readonly appendedAt: number | undefined
  /** The records at fault, where the response names them. */
  readonly recordErrors: readonly RecordError[]
  /** Milliseconds for which the broker reads nothing more from this connection, because a quota is used up. */
  readonly throttleMs: number
}

/**
 * One library's client. It connects on first use, never retries by itself, and rejects with whatever its library throws:
 * the caller classifies that. It may hang: the caller has a deadline.
 */
export interface KafkaClient {
  /** Partitions and limits, at most 10 s old. */
  describe(topic: string): Promise<TopicFacts>
  /** Asks for records to be written to one topic-partition in one request, acknowledged by all in-sync replicas. Resolves with what the broker says. */
  send(topic: string, partition: number, records: readonly KafkaRecord[]): Promise<ProduceAnswer>
  /** What is remembered of the topic may be wrong: ask again before the next send. */
  refresh(topic: string): void
  /** Ends in order. May hang or reject. */
  close(): Promise<void>
  /** Ends at once: nothing is sent any more, every pending promise settles soon. Never throws. */
  destroy(): void
}
