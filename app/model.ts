/** The nouns and the ports, with their contracts in prose. Types only; imports nothing. */

/** One live URL of a feed. */
export interface SourceInfo {
  readonly feed: string
  /** The URL without user info and query values, unique within its feed (`#2` is appended to a repeated one). Safe to log and label. */
  readonly id: string
  /** Non-negative hash of `id`: chooses the partition of records without a key. */
  readonly hash: number
}

/** One complete WebSocket message, exactly as it came. */
export interface Message {
  readonly source: SourceInfo
  readonly data: Buffer
  /** Wall clock, milliseconds since the epoch. */
  readonly receivedAt: number
  /** Where to resume after this message, for upstreams that can replay. */
  readonly cursor?: string
}

/** One JSON object found in a message. */
export type Document = Record<string, unknown>

/** What a lane hands to the right loop: messages in order, acknowledged as a whole. */
export interface Batch {
  readonly messages: readonly Message[]
  /** Sum of the payload bytes. */
  readonly bytes: number
}

/** Where a document goes. */
export interface Destination {
  readonly topic: string
  readonly subject: string
  readonly key: Buffer | null
  /** Non-negative hash; the partition is `hash % partitions`, as Java clients do with murmur2 of the key (KIP-480 left that part alone). */
  readonly hash: number
}

/** A Kafka record, less its topic and partition, which a whole request shares. */
export interface KafkaRecord {
  readonly key: Buffer | null
  /** Five-byte header and Avro binary. May be a slice of memory that is used again once the record is settled. */
  readonly value: Buffer
  /** Milliseconds since the epoch. */
  readonly timestamp: number
  readonly headers?: readonly (readonly [name: string, value: Buffer])[] | undefined
  /** What it was made of: told to whoever learns that it was refused. */
  readonly origin?: Origin | undefined
  /** Milliseconds since the epoch, from which on it is no longer produced. */
  readonly expiresAt?: number | undefined
}

/** The message a document was found in. */
export interface Origin {
  readonly message: Message
  /** The document's index where the message is an array. */
  readonly element: number | undefined
}

/** How a connection ended in order: the close code (RFC 6455 §7.4) and what the peer said, made safe to log. */
export interface Ended {
  readonly code: number | undefined
  readonly detail: string
}

/**
 * A way to receive messages from one upstream.
 *
 * `receive` is ONE connection's life. It returns how the peer ended it when that was in order, throws `SourceLost` (dial again) or
 * `SourceRefused` (no retry can cure it), and returns without throwing when `signal` aborts, after yielding what had arrived.
 * It yields what has arrived since the last pull. Past a byte watermark nobody pulls: the socket is paused, and a paused
 * socket is not killed by its own heartbeat. The next pull means that the last batch is safe in the lane, or settled; its array is the source's again.
 * `opened` is called once, when the connection is up.
 */
export interface Source {
  readonly info: SourceInfo
  receive(signal: AbortSignal, opened: () => void, resume?: string): AsyncGenerator<readonly Message[], Ended, void>
}

/**
 * A feed's own queue of messages between its sockets and Kafka.
 *
 * `append` resolves once the messages are safe (on disk: flushed; or read and acknowledged before) and waits while the lane is full; messages that wait are
 * counted as held. One source may hold at most half of the lane while others wait. The array stays the caller's.
 * `read` yields batches in order, the next as large as the backlog allows up to the limits, and runs ahead of `acknowledge`
 * by a bounded number of batches. It ends when `signal` aborts, and throws `Unusable` when what was kept cannot be read.
 * `acknowledge` may be called in any order; the lane forgets the contiguous prefix. What was not forgotten is read again
 * after a restart, if the lane outlives the process; then the sums of the ledger do so, too.
 */
export interface Lane {
  append(messages: readonly Message[]): Promise<void>
  read(signal: AbortSignal): AsyncIterable<Batch>
  acknowledge(batch: Batch): void
  readonly held: LaneHeld
  /** Whether it is of a kind that outlives the process. */
  readonly durable: boolean
  /** Looks whether the next start will find what is kept here: false for a lane in memory, and for one whose files are gone. Waits a moment for the disk; never rejects. */
  survives(): Promise<boolean>
  /**
   * Resolves when nothing is held, or when `signal` aborts. A durable lane lets in whoever waits, and is drained when all that was
   * read is acknowledged; if it does not survive, when all is.
   */
  drained(signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

/** What a lane holds: waiting, queued and read but not yet acknowledged. */
export interface LaneHeld {
  readonly messages: number
  /** Those of them that the next start will find. */
  readonly kept: number
  readonly bytes: number
  readonly limitBytes: number
  /** Receive time of the oldest message held, milliseconds since the epoch; 0 when empty. */
  readonly oldestReceivedAt: number
}

/** Message → the document in it, or an array of candidates (each checked to be an object by the caller). Synchronous; throws `Rejected`. */
export type Parser = (message: Message) => Document | readonly unknown[]

/** Document → document, several, or none (ignored). Pure and synchronous; throws `Rejected`. Must not change its argument's nested values in place. */
export type Normaliser = (document: Document, message: Message) => Document | readonly Document[] | undefined

/** Declares every topic and subject it can answer with; `route` is synchronous and throws `Rejected` (`no_key`). */
export interface Router {
  readonly topics: readonly string[]
  readonly subjects: readonly string[]
  route(document: Document, message: Message): Destination
}

/**
 * Document → bytes. `prepare` asks the registry and throws `Unavailable`; after it, `encode` never waits and may throw
 * `Rejected`. What is encoded after `hold` may be written over once that hold and all before it were given back, by calling what
 * it answered. `apart` is an encoder with the same schemas, and with memory and holds of its own.
 */
export interface Encoder {
  prepare(subject: string, signal: AbortSignal): Promise<void>
  encode(subject: string, document: Document): Buffer
  hold(): () => void
  apart(): Encoder
  /** How many fields of the documents so far their schemas do not have, so that the records lack them. */
  readonly undeclared: number
  /** Schema ids in use, by subject. */
  readonly schemas: ReadonlyMap<string, { readonly id: number; readonly version: number; readonly fetchedAt: number }>
  close(): Promise<void>
}

/** What a sink knows of a topic. */
export interface TopicInfo {
  readonly partitions: number
  /** The broker's `max.message.bytes` for a record batch; the default of Kafka (1048588) where it may not be read. */
  readonly maxMessageBytes: number
}

/** Index in the array given to `write`, and why the broker will never take that record. */
export type Refusal = readonly [index: number, reason: 'too_large' | 'broker_refused']

/**
 * A way to Kafka.
 *
 * `write` takes records of ONE topic-partition, in order, and resolves when all but the refused are acknowledged by all
 * in-sync replicas. It throws `Unavailable` with how many from the front are settled; the hold loop tries the rest again,
 * for ever. `too_large` and `invalid_record` on more than one record mean: try again in smaller pieces; on a single
 * record they are answered as a refusal. The caller keeps at most one write in flight per topic-partition.
 * No call may hang: each ends within the client's own deadline. `describe` throws `Unavailable`.
 */
export interface Sink {
  /** Most records of a write that it handles well; undefined when the caller's own limit will do. */
  readonly mostRecords?: number | undefined
  describe(topic: string): Promise<TopicInfo>
  write(topic: string, partition: number, records: readonly KafkaRecord[]): Promise<readonly Refusal[]>
  close(): Promise<void>
}

/** The count of where every message and every document went: plain numbers, each counted where the thing happens. */
export interface Ledger {
  /** Messages. `received = settled + dropped + held` (held is counted by the lane). */
  received: number
  settled: number
  readonly dropped: Map<string, number>
  /** Documents. `found = produced + deadLettered + refused + ignored + expired + inFlight`. */
  found: number
  produced: number
  ignored: number
  inFlight: number
  readonly deadLettered: Map<string, number>
  readonly refused: Map<string, number>
  readonly expired: Map<string, number>
}

/** Told how the records handed to an `Outlet` ended. */
export interface Settlement {
  /** `records` of it are acknowledged by all in-sync replicas. */
  produced(records: number): void
  /** One of its records will never be taken. */
  refused(reason: Refusal[1], topic: string, record: KafkaRecord): void
  /** `records` of it became too old while Kafka did not take them. */
  expired(records: number): void
}

/**
 * What the right loop sees of producing: `add` queues one record for its topic-partition and never waits; the settlement
 * is told later. `open` resolves once the topic is known and throws `Unavailable`; what cannot be written to it is tried for ever.
 * `find` is for a topic that need not be there: it opens it where it is and answers whether it is (no permission counts
 * as not there). What such a topic will not take for `no_topic` or `authorization` for long is refused.
 */
export interface Outlet {
  open(topic: string): Promise<void>
  find(topic: string): Promise<boolean>
  add(destination: Destination, record: KafkaRecord, settlement: Settlement): void
}

/** A document that cannot become a record, on its way to a dead letter topic. */
export interface DeadLetter extends Origin {
  /** Label value: a `RejectReason`. */
  readonly reason: string
  /** What was wrong, without payload. */
  readonly error: string
  readonly schemaId: number | undefined
  readonly expiresAt: number | undefined
}

/**
 * Where the refused documents of a feed go, if anywhere. `prepare` resolves once that is known, and throws `Unavailable` while
 * a topic that is required is not there. `take` never waits: it answers whether the letter is on its way, and the settlement
 * is told how it ended; `refused` then means that the letter itself will never be taken, whatever was cut from it.
 */
export interface DeadLetters {
  prepare(): Promise<void>
  take(letter: DeadLetter, settlement: Settlement): boolean
  /** The topic in use now. */
  readonly topic: string | undefined
}

/** A registry's entry: its one-line help, and how to load it (so that `--help` loads no client). */
export interface Kind<T> {
  readonly help: string
  readonly load: () => Promise<T>
}
