/**
 * The one wait-and-retry loop. Records gather per topic-partition, across batches and feeds; at most one write is in flight
 * per topic-partition; what fails is held and tried again, for ever, until the hold is closed.
 */

import { Unavailable } from '../errors.ts'
import type { Emit } from '../events.ts'
import { sleep } from '../lib/sleep.ts'
import { STOPPED } from '../lib/stopped.ts'
import type { Destination, KafkaRecord, Outlet, Settlement, Sink, TopicInfo, TopicUse } from '../model.ts'
import { type Asking, openTopic } from './open-topic.ts'
import { PartitionQueue } from './partition-queue.ts'
import { sizeRefusal } from './record-size.ts'

/** How records gather and how often a topic is looked at again; the address is told to the operator when a topic cannot be opened. */
export interface HoldOptions extends Asking {
  /** Milliseconds that records gather while the last write to their partition is recent. */
  readonly lingerMs: number
  /** Milliseconds between two looks at a topic's partitions and limits. */
  readonly describeEveryMs?: number
  /** Milliseconds that a topic which need not be there may be missing before what waits for it is refused. */
  readonly missingForMs?: number
}

/** A broker that has just started does not know its topics for a while. */
const MISSING_FOR_MS = 30_000

/** An outlet whose topics come and go. */
export interface OpenOutlet extends Outlet {
  /** Closes a topic that nothing is on its way to and nothing is added to any more; it may be opened again. */
  forget(topic: string): void
  close(): Promise<void>
}

/** Makes the outlet over `sink`. `close` stops retrying at once: what is not settled by then never will be. */
export function hold(sink: Sink, options: HoldOptions, emit: Emit): OpenOutlet {
  return new Hold(sink, options, emit)
}

class Hold implements OpenOutlet {
  readonly #sink: Sink
  readonly #options: HoldOptions
  readonly #emit: Emit
  readonly #topics = new Map<string, Topic>()
  /** What was asked for, until it is forgotten. */
  readonly #wanted = new Map<string, object>()
  readonly #describing = new Map<string, Promise<TopicInfo>>()
  #isClosed = false

  constructor(sink: Sink, options: HoldOptions, emit: Emit) {
    this.#sink = sink
    this.#options = options
    this.#emit = emit
  }

  async open(name: string, use?: TopicUse): Promise<void> {
    const known = this.#topics.get(name)
    // Feeds with a key and feeds without one may share a compacted topic.
    if (known && !(known.info.isCompacted && use?.keyCure !== undefined)) {
      known.required = true
      return
    }
    const isWanted = this.#want(name)
    const info = await this.#ask(name, use)
    if (isWanted()) this.#keep(name, info, true)
  }

  /** Returns whether the topic was not forgotten since. */
  #want(name: string): () => boolean {
    const want = this.#wanted.get(name) ?? {}
    this.#wanted.set(name, want)
    return () => this.#wanted.get(name) === want
  }

  #ask(name: string, use?: TopicUse): Promise<TopicInfo> {
    return openTopic({ describe: (topic) => this.#describe(topic) }, name, this.#options, use)
  }

  /** Whoever gave up waiting and asks again waits for the request that is still under way. */
  #describe(topic: string): Promise<TopicInfo> {
    const running = this.#describing.get(topic)
    if (running) return running
    const started = this.#sink.describe(topic).finally(() => this.#describing.delete(topic))
    this.#describing.set(topic, started)
    return started
  }

  async find(name: string): Promise<boolean> {
    const isWanted = this.#want(name)
    try {
      const info = await this.#ask(name)
      if (info.unkept !== undefined) return false
      if (isWanted()) this.#keep(name, info, false)
      return true
    } catch (error) {
      if (error instanceof Unavailable && isMissing(error.reason)) return false
      throw error
    }
  }

  forget(name: string): void {
    this.#wanted.delete(name)
    const topic = this.#topics.get(name)
    if (!topic) return
    this.#topics.delete(name)
    topic.over.abort(STOPPED)
    for (const queue of topic.queues) queue?.close()
    this.#emit({ type: 'topic.left', topic: name })
  }

  add({ topic: name, hash }: Destination, record: KafkaRecord, settlement: Settlement): void {
    const topic = this.#topics.get(name)
    if (!topic) throw new Error(`topic ${name} was not opened`)
    const { info } = topic
    const refusal = sizeRefusal(record, info)
    if (refusal) return settlement.refused(refusal, name, record)
    const partition = hash % info.partitions
    this.#queueOf(topic, partition).add(record, settlement)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const { queues, over } of this.#topics.values()) {
      over.abort(STOPPED)
      for (const queue of queues) queue?.close()
    }
  }

  #keep(name: string, info: TopicInfo, required: boolean): void {
    const known = this.#topics.get(name)
    if (known) {
      known.required ||= required
      return
    }
    if (info.unkept !== undefined) this.#emit({ type: 'daemon.warned', warning: `${name}: ${info.unkept}` })
    const topic: Topic = { name, info, required, queues: [], over: new AbortController() }
    this.#topics.set(name, topic)
    if (this.#isClosed) topic.over.abort(STOPPED)
    void this.#keepCurrent(topic)
  }

  #queueOf(topic: Topic, partition: number): PartitionQueue {
    topic.queues[partition] ??= this.#queue(topic, partition)
    return topic.queues[partition]
  }

  #queue(topic: Topic, partition: number): PartitionQueue {
    const place = {
      topic: topic.name,
      partition,
      maxBytes: () => topic.info.maxMessageBytes,
      givesUp: (reason: Unavailable['reason'], heldMs: number) =>
        !topic.required && isMissing(reason) && heldMs >= (this.#options.missingForMs ?? MISSING_FOR_MS),
    }
    return new PartitionQueue(this.#sink, place, this.#options.lingerMs, this.#emit, topic.over.signal)
  }

  /** Partitions are added and limits changed while we run; the last known ones serve while Kafka is away. */
  async #keepCurrent(topic: Topic): Promise<void> {
    const { signal } = topic.over
    while (!signal.aborted) {
      await sleep(this.#options.describeEveryMs ?? 10_000, signal)
      if (signal.aborted) return
      const info = await this.#sink.describe(topic.name).catch(() => topic.info)
      if (signal.aborted) return
      await this.#shrink(topic, info.partitions)
      topic.info = info
      // `at` counts from the first that is gone: the same place, modulo the number of those left.
      for (const [at, queue] of topic.queues.splice(info.partitions).entries()) {
        queue?.moveTo(this.#queueOf(topic, at % info.partitions))
      }
    }
  }

  /**
   * A topic that was made again may have fewer partitions. What waits for those that are gone moves at the moment from which
   * later records go elsewhere, too: so each source stays in order.
   */
  async #shrink({ queues }: Topic, partitions: number): Promise<void> {
    await Promise.all(queues.slice(partitions).map((queue) => queue?.retire()))
  }
}

function isMissing(reason: Unavailable['reason']): boolean {
  return reason === 'no_topic' || reason === 'authorization'
}

interface Topic {
  readonly name: string
  info: TopicInfo
  /** Whether what cannot be written to it waits for ever. */
  required: boolean
  readonly queues: PartitionQueue[]
  /** Ends the looking at it and the writing to it. */
  readonly over: AbortController
}
