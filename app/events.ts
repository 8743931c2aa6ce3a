/** All observable events. Only telemetry turns events into metrics and log lines. */
import type { LostReason, UnavailableReason } from './errors.ts'
import type { SourceInfo } from './model.ts'

export type Event = DaemonEvent | FeedEvent | SourceEvent | ProduceEvent | SchemaEvent

/** Passes an event to all observers; never throws, never waits. */
export type Emit = (event: Event) => void

type DaemonEvent =
  | {
      readonly type: 'daemon.started'
      readonly version: string
      readonly feeds: number
      readonly sources: number
      readonly sink: string
    }
  /** A new configuration is in force; what has changed, in words. */
  | { readonly type: 'config.reloaded'; readonly changes: string }
  /** The configuration stays as it was. */
  | { readonly type: 'config.refused'; readonly problems: string }
  | { readonly type: 'daemon.stopping'; readonly signal: string }
  | {
      readonly type: 'daemon.stopped'
      readonly code: number
      readonly undelivered: number
      readonly kept: number
      readonly ledgers: object
    }
  | { readonly type: 'daemon.warned'; readonly warning: string }
  /** Gap records have no destination; `detail` says why. */
  | { readonly type: 'gaps.off'; readonly detail: string }
  | { readonly type: 'http.listening'; readonly host: string; readonly port: number }

type FeedEvent =
  /** What is made of a feed at the start, as configured; `directory` is of a lane on disk, `laneBytes` its bound. */
  | {
      readonly type: 'feed.opened'
      readonly feed: string
      readonly sources: number
      readonly topic: string
      /** In words: where the key of its records comes from. */
      readonly key: string
      readonly normalise: readonly string[]
      readonly directory: string | undefined
      readonly laneBytes: number
    }
  /** The feed cannot run now; retried. `detail` says what and the cure, without secrets. */
  | { readonly type: 'feed.parked'; readonly feed: string; readonly reason: UnavailableReason; readonly detail: string }
  | {
      readonly type: 'feed.started'
      readonly feed: string
      readonly topics: readonly string[]
      readonly sources: readonly SourceInfo[]
    }
  /** The feed is configured no longer: its sockets are closed, and what it holds is delivered. */
  | { readonly type: 'feed.leaving'; readonly feed: string; readonly messages: number }
  /** The feed is removed; its last event. */
  | { readonly type: 'feed.left'; readonly feed: string }
  /** Documents of one message reached their end without becoming records. */
  | {
      readonly type: 'document.refused'
      readonly feed: string
      readonly sourceId: string
      readonly reason: string
      readonly documents: number
      /** What was wrong with the first of them. */
      readonly detail: string
      /** The dead letter topic that has them; undefined when they are only counted. */
      readonly deadLetter: string | undefined
    }
  /** The first document of a feed that keeps its receive time, because there is no time at `path`, or none that can be read. */
  | {
      readonly type: 'timestamp.missing'
      readonly feed: string
      readonly path: readonly string[]
      readonly why: 'absent' | 'unreadable'
    }
  /** The first document of a feed whose sequence number is not watched, for this reason. */
  | {
      readonly type: 'sequence.unwatched'
      readonly feed: string
      readonly why: 'absent' | 'unreadable' | 'too_many'
    }
  /** Whether a feed's refused documents have somewhere to go has changed, or is known for the first time. */
  | { readonly type: 'dead_letters.looked_up'; readonly topic: string; readonly inUse: boolean }
  /** A lane was opened that holds messages of an earlier run; `oldestReceivedAt` in milliseconds since the epoch. */
  | {
      readonly type: 'lane.restored'
      readonly feed: string
      readonly messages: number
      readonly bytes: number
      readonly oldestReceivedAt: number
    }
  /** The disk does not take what arrives; held and tried again. `isNews` where it was well before, or held for another reason. */
  | { readonly type: 'lane.held'; readonly feed: string; readonly detail: string; readonly isNews: boolean }
  | { readonly type: 'lane.resumed'; readonly feed: string; readonly heldMs: number }
  /** All documents of a batch are settled. `receivedAt` holds (milliseconds since the epoch, number of messages) pairs, flat. */
  | {
      readonly type: 'batch.settled'
      readonly feed: string
      readonly messages: number
      readonly receivedAt: readonly number[]
    }

type SourceEvent =
  /** It has arrived: it is dialled from now on, or is connected already. */
  | { readonly type: 'source.joined'; readonly source: SourceInfo }
  /** The source is removed; its last event. */
  | { readonly type: 'source.left'; readonly source: SourceInfo }
  | { readonly type: 'source.dialled'; readonly source: SourceInfo }
  | { readonly type: 'source.opened'; readonly source: SourceInfo; readonly afterDials: number }
  /** `firstAt`, `at`: receive times of the first and the last, milliseconds since the epoch. */
  | {
      readonly type: 'messages.received'
      readonly source: SourceInfo
      readonly messages: number
      readonly firstAt: number
      readonly at: number
    }
  /** The lane has kept all that was received up to `at`. */
  | { readonly type: 'messages.kept'; readonly source: SourceInfo; readonly at: number }
  /** A connection has been open for `openMs`, and no message has ever arrived. `setting` names the open messages; `isSet`: some are configured. */
  | {
      readonly type: 'source.quiet'
      readonly source: SourceInfo
      readonly openMs: number
      readonly setting: string
      readonly isSet: boolean
    }
  /** The socket is paused because our side is slow. */
  | { readonly type: 'source.paused'; readonly source: SourceInfo }
  | { readonly type: 'source.resumed'; readonly source: SourceInfo }
  /** The upstream writes faster than the socket is read. Data written before `since` (milliseconds since the epoch) has been read; later data may be unread. 0: all data is read. */
  | { readonly type: 'source.behind'; readonly source: SourceInfo; readonly since: number }
  /** Times are milliseconds since the epoch, 0 = never. */
  | {
      readonly type: 'gap.ended'
      readonly source: SourceInfo
      /** Why it began: a loss, `ended`, `restart`, `death`, or `sequence` for numbers that are missing. */
      readonly reason: string
      readonly beganAt: number
      readonly endedAt: number
      readonly lastMessageAt: number
      readonly code: number | undefined
      readonly dials: number
      /** The numbers that are missing, and which sequence they belong to where the feed's have names. */
      readonly sequence:
        | { readonly from: number | bigint; readonly to: number | bigint; readonly by: string | undefined }
        | undefined
    }
  | {
      readonly type: 'source.lost'
      readonly source: SourceInfo
      /** `ended`: the peer closed in order; `stopped`: we did. */
      readonly reason: LostReason | 'ended' | 'stopped'
      readonly code: number | undefined
      readonly detail: string
      /** What the operator can do about a dial that failed. */
      readonly cure?: string | undefined
      /** How long the connection was open, milliseconds; undefined when it never was. */
      readonly openMs: number | undefined
      /** Milliseconds until the next dial; undefined when there is none. */
      readonly redialInMs: number | undefined
    }
  | {
      readonly type: 'source.refused'
      readonly source: SourceInfo
      readonly reason: LostReason
      readonly detail: string
    }

type ProduceEvent =
  /** The topic is no longer written to; its last event. */
  | { readonly type: 'topic.left'; readonly topic: string }
  | { readonly type: 'records.requested'; readonly topic: string; readonly records: number }
  | {
      readonly type: 'records.acknowledged'
      readonly topic: string
      readonly records: number
      readonly durationMs: number
    }
  | { readonly type: 'records.refused'; readonly topic: string; readonly records: number }
  /** A write failed and is held for another try; `first` marks the first time for this reason since it was well. */
  | {
      readonly type: 'produce.held'
      readonly topic: string
      readonly partition: number
      readonly reason: UnavailableReason
      readonly detail: string
      readonly first: boolean
      readonly system?: string | undefined
    }
  | {
      readonly type: 'produce.resumed'
      readonly topic: string
      readonly partition: number
      readonly heldMs: number
      readonly system?: string | undefined
    }
  /** No write is held for the partition any more, without success: records expired, were given up, or moved to another partition. */
  | { readonly type: 'produce.left'; readonly topic: string; readonly partition: number }
  /** A sink is open, or is closed because no feed writes to it any more; `system`: what it connects to, if anything. */
  | { readonly type: 'sink.opened' | 'sink.closed'; readonly system: string | undefined }
  /** Kafka, or another `system`, answers: the first time, and each time after `kafka.lost`. `lostMs`: how long it did not, 0 the first time. */
  | { readonly type: 'kafka.connected'; readonly lostMs: number; readonly system?: string | undefined }
  /** Kafka does not answer. `waitedMs`: how long a request has been under way without an answer; 0 where a request failed. */
  | {
      readonly type: 'kafka.lost'
      readonly detail: string
      readonly waitedMs: number
      readonly system?: string | undefined
    }
  /** A quota is used up: the broker reads nothing more from us for so long. */
  | { readonly type: 'kafka.throttled'; readonly topic: string; readonly throttleMs: number }
  /** This machine's clock differs from Kafka's or the registry's by more than it should; or does so no longer. Milliseconds, theirs less ours. */
  | { readonly type: 'clock.differs'; readonly offsetMs: number; readonly by: 'broker' | 'registry' }
  | { readonly type: 'producer.rebuilt'; readonly detail: string }

/** The field that no plain JSON document can fill: its dotted path, empty for the document itself; the others are clauses. */
export interface Misfit {
  readonly path: string
  readonly why: string
  readonly cure: string
}

type SchemaEvent =
  | {
      readonly type: 'schema.fetched'
      readonly subject: string
      readonly id: number
      readonly version: number
      readonly changed: boolean
      /** It was unavailable before. */
      readonly recovered: boolean
      /** No plain JSON document fits the schema. */
      readonly misfit?: Misfit | undefined
    }
  | {
      readonly type: 'schema.unavailable'
      readonly subject: string
      readonly reason: UnavailableReason
      readonly detail: string
      readonly inUse: boolean
    }
