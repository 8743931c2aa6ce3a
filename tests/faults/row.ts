/**
 * What a row of the fault catalogue is.
 *
 * To add one: write `rows/NN-short-name.ts` that exports `row: Row`, and name it in `rows/index.ts` (one line). Usually a row
 * is `number`, `title`, `clients`, the `needs` it has, the variables in `env`, and `inject`, which causes the fault, waits
 * for `rig.scaled(seconds)` or for a condition, has the fault noticed (`rig.notices…`), and clears it again. Before it the feeds
 * flow; after it `runRow` waits until they do again, stops the senders, drains, ends the daemon, reads everything back and
 * holds the invariants I1–I11. `expect` says what the row allows. Where that is not the story (a daemon that must not start),
 * `run` replaces all of it and answers its own findings. A row never touches what other rows use: it has its own topics,
 * upstreams and daemon; servers that are shared are given back by `restore`, or are its own (`kafka: { … }`).
 * Try it with `npm run test:faults -- --rows NN --client both --scale 0.1`.
 */
import type { KafkaOptions } from '../../scripts/stack/kafka.ts'
import type { Evidence } from './evidence.ts'
import type { Rig } from './rig.ts'

/** The invariants of the catalogue, and two of a row's own: `row` (what it says itself) and `run` (it came to its end). */
export type InvariantId = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'I8' | 'I9' | 'I10' | 'I11' | 'row' | 'run'

/** One line of a verdict. `detail` is for people, with numbers. */
export interface Finding {
  readonly id: InvariantId
  readonly ok: boolean
  readonly detail: string
  /** A part of the row that this machine cannot do; `detail` says why. */
  readonly notRun?: boolean
}

/** Says what was not run, and why: shown at every run, whatever else there is to show. */
export function notRun(why: string): Finding {
  return { id: 'row', ok: true, detail: `not run: ${why}`, notRun: true }
}

/** Both clients are tried where Kafka is part of the fault. */
export type Client = 'platformatic' | 'kafkajs'

/** What the row stands on. */
export interface Needs {
  /** One shared broker (default), the shared cluster of three, or a broker of its own with these options. */
  readonly kafka?: 'one' | 'three' | KafkaOptions
  /** Of three brokers the first alone has the fault feed's topics, the second alone the control feed's. */
  readonly apart?: boolean
  /** A broker of its own has its data on a file system of so many bytes. Only root can mount one. */
  readonly kafkaDiskBytes?: number
  /** The daemon reaches Kafka through the proxies `rig.site.brokers[n].proxy`. */
  readonly kafkaProxy?: boolean
  /** The daemon reaches the fault feed's upstream through `rig.upstreamProxy`. */
  readonly upstreamProxy?: boolean
  /** Where messages wait; `memory` unless told. */
  readonly lane?: 'memory' | 'disk'
}

/** The two feeds' traffic. */
export interface Load {
  /** Of the fault feed; default 6. */
  readonly sources?: number
  /** Messages per second of the fault feed; default 500. */
  readonly rate?: number
  /** Of the control feed; default 500. */
  readonly controlRate?: number
  /** Characters that make each document of the fault feed larger; default 0. */
  readonly padBytes?: number
  /** Of the fault feed's topic; default 3. */
  readonly partitions?: number
}

/** What the row allows, feed `fault` unless said. Everything not named is held to the strict form. */
export interface Expectations {
  /** `none`: not one. `retries`: at most the requests that were retried, or what was delivered again after a restart. */
  readonly duplicates?: 'none' | 'retries'
  /** The end of a connection's messages may be lost if the connection broke: the kernel had them, and nobody read them. `both`: of the control feed, too. */
  readonly lostTails?: boolean | 'both'
  /** Messages that Kafka had when the process was killed, and the lane not yet: as many per kill are in the topic and in no sum. */
  readonly uncountedPerKill?: number
  /** Messages dropped by policy are allowed, and each is counted. */
  readonly drops?: boolean
  /** Documents refused or dead-lettered, exactly; default 0. `some`: at least one. */
  readonly rejected?: number | 'some'
  /** Upstreams besides the simulator send to the fault feed: what was received is not compared with what was written. */
  readonly foreign?: boolean
  /** The control feed's path is healthy throughout: its rate is held to 90 % (I8). Default false. */
  readonly controlFlows?: boolean
  /** Most resident bytes of the daemon; default 400 MiB. */
  readonly rssBytes?: number
  /** Largest median of the event loop's 99th percentiles, seconds; default 0.1. More where a flood takes all of the CPU. */
  readonly loopLagS?: number
  /** Exit code after SIGTERM at the end; default 0. */
  readonly exit?: number
  /** Seconds for recovery, a generous ceiling; default 60, not scaled. */
  readonly recoverS?: number
  /** Feeds with upstreams that stay away for good: neither their sources nor their messages count for recovery (I7). */
  readonly apart?: readonly string[]
  /** Invariants that this row cannot hold, with the reason, which is printed. */
  readonly without?: Partial<Record<InvariantId, string>>
}

/** One row. */
export interface Row {
  readonly number: number
  readonly title: string
  readonly clients: 'both' | 'any'
  readonly needs?: Needs
  readonly load?: Load
  /** Variables of the daemon over those of the rig, known only when the rig stands. */
  readonly env?: Readonly<Record<string, string>> | ((rig: Rig) => Readonly<Record<string, string>>)
  /** Before the daemon starts: further servers (give their end to `rig.defer`), a fault that is there from the start. */
  readonly prepare?: (rig: Rig) => Promise<void>
  /** Starts the daemon and waits until it is ready, where the usual way will not do. */
  readonly start?: (rig: Rig) => Promise<void>
  /** Causes the fault, and clears it. Not needed with `run`. */
  readonly inject?: (rig: Rig) => Promise<void>
  readonly expect?: Expectations
  /** Further findings from what was read at the end. */
  readonly check?: (evidence: Evidence, rig: Rig) => Finding[] | Promise<Finding[]>
  /** Replaces the whole flow after `prepare`. */
  readonly run?: (rig: Rig) => Promise<Finding[]>
}
