/** Reading a topic from one place to another, without a consumer group. */
import type { KafkaConfig } from '../config/types.ts'

/** A record as Kafka has it. Value and headers may be slices of a larger piece of memory. */
export interface StoredRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  /** Milliseconds since the epoch: the record's own, or the broker's where the topic says so. */
  readonly timestamp: number
  readonly value: Buffer | null
  /** The last value of each name. */
  readonly headers: ReadonlyMap<string, Buffer>
}

/** The offsets [from, to) of one partition. */
export interface Stretch {
  readonly topic: string
  readonly partition: number
  readonly from: bigint
  readonly to: bigint
}

/**
 * Reads topics; connects on first use. Needs the permissions Describe and Read on the topic, and none on a group.
 * Whatever goes away while a stretch is read is asked again for as long as the reader was told to be patient, at first for
 * seconds only; then calls throw `Unavailable`.
 */
export interface TopicReader {
  /** What every partition of `topic` holds now, or of it what comes at or after `since` (ms since the epoch). Throws `Unavailable`, `no_topic` too. */
  stretches(topic: string, since?: number): Promise<readonly Stretch[]>
  /** The records of a stretch in order, as they are fetched. What retention has deleted meanwhile is passed over. */
  read(stretch: Stretch): AsyncGenerator<readonly StoredRecord[]>
  close(): Promise<void>
}

/** `patienceMs` 0: for ever. Throws `ConfigError` for TLS material that cannot be used. */
export type OpenTopicReader = (kafka: KafkaConfig, patienceMs: number) => TopicReader

/** Loads the client that reads: @platformatic/kafka whatever client writes, because it knows every compression. */
export async function loadTopicReader(): Promise<OpenTopicReader> {
  return (await import('./platformatic-reader.ts')).openPlatformaticReader
}
