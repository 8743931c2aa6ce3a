/** Everything that is known of gaps, kept from events: what /status, the metrics and the gap records tell. */
import type { Emit, Event } from '../events.ts'
import { createLedger } from '../ledger.ts'
import type { Clock } from '../lib/clock.ts'
import type { SourceInfo } from '../model.ts'
import { Outbox } from './outbox.ts'
import { Pauses } from './pauses.ts'
import { gapRecord } from './record.ts'
import { type SequencePaths, SequenceWatch } from './sequence.ts'
import type { GapState } from './state.ts'
import { GapTracker } from './tracker.ts'

/** One for the daemon; the sums in it are read at each scrape. */
export class Gaps {
  readonly tracker = new GapTracker()
  readonly pauses = new Pauses()
  /** By feed, where numbers are watched. */
  readonly sequences = new Map<string, SequenceWatch>()
  /** Of the internal feed. */
  readonly ledger = createLedger()
  readonly outbox = new Outbox(() => {
    this.ledger.received++
    this.ledger.dropped.set('overflow', (this.ledger.dropped.get('overflow') ?? 0) + 1)
  })
  /** Why records go nowhere just now; empty when they do. */
  obstacle: () => string = () => ''
  readonly #changed = new Set<string>()

  /** Declares a feed, perhaps with what an earlier process left of it. */
  addFeed(name: string, sources: readonly SourceInfo[], before?: GapState): void {
    this.pauses.addFeed(name)
    this.tracker.addFeed(name, sources, before)
    for (const record of before?.records ?? []) this.outbox.add(record)
    this.#changed.add(name)
  }

  /** Numbers of `feed` are watched no more. */
  unwatch(feed: string): void {
    this.sequences.get(feed)?.flush()
    this.sequences.delete(feed)
  }

  /** Nothing is left of a feed; what was told of it stays told. */
  removeFeed(name: string): void {
    this.unwatch(name)
    this.pauses.removeFeed(name)
    this.tracker.removeFeed(name)
    this.#changed.delete(name)
  }

  /** Watches at most `most` sequences of numbers in the documents of `feed`. Call the returned function with each document, in order. */
  watch(feed: string, paths: SequencePaths, most: number, clock: Clock, emit: Emit): SequenceWatch['check'] {
    this.sequences.get(feed)?.flush()
    const watch = new SequenceWatch(paths, most, clock, emit)
    this.sequences.set(feed, watch)
    return watch.check
  }

  /** Never throws. What follows from the event is emitted. */
  apply(event: Event, emit: Emit): void {
    if (!('source' in event)) return
    if (event.type === 'source.left') this.sequences.get(event.source.feed)?.forget(event.source)
    if (event.type === 'source.paused' || event.type === 'source.resumed') this.pauses.apply(event)
    else if (event.type === 'gap.ended') {
      this.outbox.add(gapRecord(event))
      this.#changed.add(event.source.feed)
    } else if (this.tracker.apply(event, emit)) this.#changed.add(event.source.feed)
  }

  /** Whether something changed that is to be kept of `feed` since this was asked last. */
  takeChanged(feed: string): boolean {
    return this.#changed.delete(feed)
  }

  /** What is to be kept of `feed` if the process ended now; `stopped`: because it was told to. */
  state(feed: string, stopped: boolean): GapState {
    const records = this.outbox.pending.filter((record) => record.feed === feed)
    return { stopped, sources: this.tracker.saved(feed), records }
  }
}
