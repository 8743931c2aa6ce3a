/** The types and ports, with their contracts. Imports nothing but model/. */
import type { Message } from './model/source.ts'

export type { Ended, Message, Source, SourceInfo, Sources } from './model/source.ts'

/** A JSON object found in a message. Numbers that a double cannot represent exactly are `ExactNumber`s (lib/json-value.ts). */
export type Document = Record<string, unknown>

/** What a lane hands to the right loop: messages in order, acknowledged as a whole; `bytes` is the sum of their payloads. */
export interface Batch {
  readonly messages: readonly Message[]
  readonly bytes: number
  /** Running numbers of the messages: runs that cover all messages, in order. */
  readonly numbers: readonly NumberRun[]
}

/** The message at index `at` has the running number `first`; later messages count up until the next run begins. */
export interface NumberRun {
  readonly at: number
  readonly first: number
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
  /** Five-byte header and Avro binary. The memory may be reused once the record is settled. */
  readonly value: Buffer
  /** Milliseconds since the epoch. */
  readonly timestamp: number
  /** Whether the timestamp is the receive time, not a time of the document. If a topic refuses the timestamp, the broker's present time replaces a receive time. */
  readonly isReceiveTime?: boolean | undefined
  readonly headers?: readonly (readonly [name: string, value: Buffer])[] | undefined
  /** The message and array element this record came from; passed with a refusal, for the dead letter. */
  readonly origin?: Origin | undefined
  /** Milliseconds since the epoch on the steady clock of this process; the record expires at this time. */
  readonly expiresAt?: number | undefined
}

/** The message a document was found in. */
export interface Origin {
  readonly message: Message
  /** Number of the document within its message, from 0; undefined if the message is one document. */
  readonly index: number | undefined
}

/**
 * A feed's own queue of messages between its sockets and Kafka.
 * `append` resolves once the messages are safe (on disk: flushed; or read and acknowledged before) and waits while the lane is full; messages that wait are
 * counted as held. One source may hold at most half of the lane while others wait. The array stays the caller's.
 * `read` yields batches in order, the next as large as the backlog allows up to the limits, and runs ahead of `acknowledge`
 * by a bounded number of batches; a later `read`, by a feed with other settings, has that number to itself. It ends when `signal` aborts, and throws `Unusable` when what was kept cannot be read.
 * `acknowledge` may be called in any order; the lane forgets the contiguous prefix. What was not forgotten is read again
 * after a restart, if the lane outlives the process; then the sums of the ledger do so, too.
 * Each message that enters has a running number: ascending, the same whenever it is read again, and never that of another, whatever
 * ends the process.
 */
export interface Lane {
  /** Names the lane: a UUID made when it was, by chance. With it a running number is unique everywhere. One in memory is another at each start. */
  readonly id: string
  append(messages: readonly Message[]): Promise<void>
  read(signal: AbortSignal): AsyncIterable<Batch>
  acknowledge(batch: Batch): void
  readonly held: LaneHeld
  /** Whether its kind outlives the process. */
  readonly durable: boolean
  /** Looks whether the next start will find what is kept; false for a lane in memory. Waits a moment for the disk; never rejects. */
  survives(): Promise<boolean>
  /** Resolves when nothing is held, or when `signal` aborts. A durable lane lets in whoever waits, and is drained, if it survives, when all that was read is acknowledged. */
  drained(signal: AbortSignal): Promise<void>
  /** Other bounds from now on: what is held stays, over a smaller bound or not; what waits enters as there is room. */
  resize(limits: LaneLimits): void
  close(): Promise<void>
}

/** The bounds of a lane. */
export interface LaneLimits {
  /** Of what it holds; a message counts its payload and a fixed overhead, so bytes bound the number too. */
  readonly laneMaxBytes: number
  /** What a full one does with what arrives: lets it wait, or gives up the oldest that is not on its way yet, or what arrives. */
  readonly overload: 'block' | 'drop-oldest' | 'drop-newest'
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

/** The values of a message that holds several JSON texts. */
export class Lines {
  readonly values: readonly unknown[]

  constructor(values: readonly unknown[]) {
    this.values = values
  }
}

/** Message → the document in it, or an array of candidates (each checked to be an object by the caller). Synchronous; throws `Rejected`. */
export type Parser = (message: Message) => Document | readonly unknown[] | Lines

/** Document → document, several, or none (ignored). Pure and synchronous; throws `Rejected`. Must not change its argument's nested values in place. */
export type Normaliser = (document: Document, message: Message) => Document | readonly Document[] | undefined

/** Declares every topic and subject it can answer with; `route` is synchronous and throws `Rejected` (`no_key`). */
export interface Router {
  readonly topics: readonly string[]
  readonly subjects: readonly string[]
  route(document: Document, message: Message): Destination
}

/**
 * Document → bytes. `prepare` fetches the schema from the registry and throws `Unavailable` (the cure names `setting`, which names the
 * schema). Afterwards `encode` never waits and may throw `Rejected`. `hold()` pins every buffer that later `encode` calls return; call the
 * returned function to unpin. A buffer is reused when no older hold is left. `fork` returns an encoder with the same schemas but separate
 * memory and holds. `isHeld`: some holds are open. `forget` stops refreshing a subject; prepare the subject again before further use.
 */
export interface Encoder {
  prepare(subject: string, signal: AbortSignal, setting?: string): Promise<void>
  encode(subject: string, document: Document): Buffer
  hold(): () => void
  fork(): Encoder
  readonly isHeld: boolean
  forget(subject: string): void
  /** How many fields of the documents so far their schemas do not have, so that the records lack them. */
  readonly undeclared: number
  readonly schemas: ReadonlyMap<string, { readonly id: number; readonly version: number; readonly fetchedAt: number }>
  close(): Promise<void>
}

/** What a sink knows of a topic. `maxMessageBytes` of a batch: Kafka's default where it may not be read. `isCompacted`: no record may lack a key. */
export interface TopicInfo {
  readonly partitions: number
  readonly maxMessageBytes: number
  readonly isCompacted?: boolean | undefined
  /** What to do where a record is larger than it takes: a clause, where that is not to raise the topic's max.message.bytes. */
  readonly sizeCure?: string | undefined
  /** Why nothing of what is written is kept: a clause. A topic that need not be there is not used then. */
  readonly unkept?: string | undefined
}

/** The use of a topic: the setting that names the topic, as given; for records without a key, the cure if the topic is compacted. */
export type TopicUse = { readonly setting: string; readonly holds: string; readonly keyCure: string | undefined }

/** A record that the broker will never accept: its index in the array given to `write`, and the cure, without payload. */
export interface Refusal {
  readonly index: number
  readonly reason: 'too_large' | 'broker_refused'
  readonly detail: string
}

/**
 * A way to Kafka.
 * `write` takes records of ONE topic-partition, in order, and resolves with the refused, by ascending index, when all others are
 * acknowledged by all in-sync replicas. It throws `Unavailable` with how many from the front are settled; the hold loop tries the rest
 * again, for ever. `too_large` and `invalid_record` on more than one record mean: the broker does not say which record is at
 * fault, try again in smaller pieces; a single record is returned as refused. The caller keeps at most one write in flight per topic-partition.
 * No request may hang: each ends within the client's own deadline. `describe` throws `Unavailable`.
 */
export interface Sink {
  /** Most records of a write that it handles well; undefined when the caller's own limit will do. */
  readonly mostRecords?: number | undefined
  describe(topic: string): Promise<TopicInfo>
  write(topic: string, partition: number, records: readonly KafkaRecord[]): Promise<readonly Refusal[]>
  close(): Promise<void>
}

/** Counts the outcome of every message and every document. */
export interface Ledger {
  /** Messages. `received = settled + dropped + held` (held is counted by the lane). */
  received: number
  settled: number
  readonly dropped: Map<string, number>
  /** Documents. `found = produced + deadLettered + refused + ignored + expired + inFlight`. */
  found: number
  produced: number
  ignored: number
  /** How many of `ignored` were for a reason of their own, since the process began. */
  readonly ignoredFor: Map<string, number>
  inFlight: number
  readonly deadLettered: Map<string, number>
  readonly refused: Map<string, number>
  readonly expired: Map<string, number>
}

/** Receives the outcome of records handed to an `Outlet`. */
export interface Settlement {
  /** `records` records are acknowledged by all in-sync replicas. */
  produced(records: number): void
  /** The broker will never accept `record`. */
  refused(refusal: Refusal, topic: string, record: KafkaRecord): void
  /** `records` records expired before Kafka accepted them. */
  expired(records: number): void
}

/**
 * What the right loop sees of producing: `add` queues one record for its topic-partition and never waits; the settlement is told later.
 * `open` resolves once the topic is known and suits its `use`; it throws `Unavailable`. What cannot be written is tried for ever. `find` is for a topic
 * that need not be there: it opens it where it is and returns whether it is. What such a topic will not take for `no_topic` or `authorization` for long is refused.
 */
export interface Outlet {
  open(topic: string, use?: TopicUse): Promise<void>
  find(topic: string): Promise<boolean>
  add(destination: Destination, record: KafkaRecord, settlement: Settlement): void
}

/** What was refused of one message at one stage (on its way to records, or by the broker), on its way to a dead letter topic. */
export interface DeadLetter {
  readonly message: Message
  /** By reason (a `RejectReason`), in the order in which each came first; at least one. */
  readonly refused: readonly {
    readonly reason: string
    /** What was wrong with the first of them, without payload. */
    readonly error: string
    readonly documents: number
    /** Their numbers as text, `0-3,7`; undefined where the message is one document. */
    readonly numbers: string | undefined
  }[]
  /** All their numbers; undefined where the message is one document. */
  readonly numbers: string | undefined
  /** Names the steps that gave the documents their numbers. */
  readonly shape: string
  readonly schemaId: number | undefined
  readonly expiresAt: number | undefined
}

/**
 * Where the refused documents of a feed go, if anywhere. `prepare` resolves once that is known, and throws `Unavailable` while a topic that is required
 * is not there. `take` never waits: it answers whether the letter is on its way; the settlement is told how it ended, `refused` if nothing of it will ever be taken.
 */
export interface DeadLetters {
  prepare(): Promise<void>
  take(letter: DeadLetter, settlement: Settlement): boolean
  /** The topic in use now. */
  readonly topic: string | undefined
}
