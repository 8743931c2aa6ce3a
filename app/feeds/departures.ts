/** Feeds that are configured no longer, until nothing is left of them. */
import { type LiveFeed, settled } from './live-feed.ts'
import type { FeedsShared } from './shared.ts'
import type { Uses } from './uses.ts'

/** One for the daemon. */
export class Departures {
  readonly #shared: FeedsShared
  readonly #uses: Uses
  readonly #stopped: AbortSignal
  readonly #leaving = new Map<string, LiveFeed>()
  /** Of those that hold nothing any more. */
  readonly #closing = new Map<string, Promise<void>>()

  /** At `stopped` whoever is left stays as it is. */
  constructor(shared: FeedsShared, uses: Uses, stopped: AbortSignal) {
    this.#shared = shared
    this.#uses = uses
    this.#stopped = stopped
  }

  /** Those that still hold something. */
  get feeds(): readonly LiveFeed[] {
    return [...this.#leaving.values()]
  }

  /** Closes the sockets of `live`, delivers what it holds and closes it, unless it is taken back before. */
  async begin(live: LiveFeed): Promise<void> {
    const { running, present, lasting } = live
    const { name } = present.config
    this.#leaving.set(name, live)
    this.#shared.emit({ type: 'feed.leaving', feed: name, messages: lasting.lane.held.messages })
    await running.leave(this.#stopped)
    if (this.#stopped.aborted || this.#leaving.get(name) !== live) return
    this.#leaving.delete(name)
    const closed = this.#close(live).finally(() => this.#closing.delete(name))
    this.#closing.set(name, closed)
    await closed
  }

  /** A feed of this name that is leaving: it stays open from now on. Waits for one that is about to be closed. */
  async takeBack(name: string): Promise<LiveFeed | undefined> {
    await this.#closing.get(name)
    const live = this.#leaving.get(name)
    this.#leaving.delete(name)
    return live
  }

  /** Resolves when those are closed that hold nothing any more. */
  async closed(): Promise<void> {
    await Promise.allSettled(this.#closing.values())
  }

  async #close({ running, present, lasting, scope }: LiveFeed): Promise<void> {
    const { gaps, gapStates, parts, emit } = this.#shared
    const { name } = present.config
    running.halt()
    await running.ended
    await settled(present, this.#stopped)
    await this.#uses.release(present)
    if (!lasting.lane.durable) gaps.tracker.endAll(emit, name)
    await gapStates.leave(name)
    await scope.close()
    parts.delete(name)
    for (const source of present.sources.present) emit({ type: 'source.left', source })
    emit({ type: 'feed.left', feed: name })
  }
}
