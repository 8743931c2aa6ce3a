/** The feeds of the daemon, which come, change and go while it runs. What they share stays open. */

import { runFeed } from '../feed.ts'
import { aborted } from '../feed-needs.ts'
import { makeParts, openLasting, tellOpened } from '../feed-parts.ts'
import type { Config, FeedConfig } from '../kinds.ts'
import { Scope } from '../lib/scope.ts'
import { STOPPED } from '../lib/stopped.ts'
import type { SourceInfo } from '../model.ts'
import { Departures } from './departures.ts'
import { type Difference, difference } from './difference.ts'
import { type Heir, handOver, type LiveFeed, type Present, settled, tellLane } from './live-feed.ts'
import type { FeedsShared } from './shared.ts'
import { Uses } from './uses.ts'

/** All that is new is open, and nothing has changed yet: do one of both. */
export interface Change {
  readonly difference: Difference
  /** Begins everything; what it takes goes on by itself. */
  commit(): void
  /** Closes what was opened. */
  abandon(): Promise<void>
}

/** A feed that is open and does not run yet. */
type Opened = Present & Pick<LiveFeed, 'lasting' | 'scope'>

/** What was asked of `#make`. */
type Making = Pick<Present, 'config' | 'sources'> & Pick<LiveFeed, 'lasting'> & { readonly before?: Present }

/** One for the daemon. */
export class Feeds {
  readonly #config: Config
  readonly #shared: FeedsShared
  readonly #uses: Uses
  readonly #live = new Map<string, LiveFeed>()
  /** Open, and not running yet. */
  #opened: Opened[] = []
  readonly #departures: Departures
  readonly #stopped = new AbortController()
  readonly #started = Promise.withResolvers<void>()
  readonly #failed = Promise.withResolvers<never>()

  /** `config` is that of the daemon: of its feeds nothing is taken. */
  constructor(config: Config, shared: FeedsShared) {
    this.#config = config
    this.#shared = shared
    this.#uses = new Uses(shared)
    this.#departures = new Departures(shared, this.#uses, this.#stopped.signal)
    this.#failed.promise.catch(() => {})
  }

  /** Resolves when the first of them can run; never rejects. */
  get started(): Promise<void> {
    return this.#started.promise
  }

  /** Rejects when one of them meets a bug of ours, or a lane that cannot be read; never resolves. */
  get failed(): Promise<never> {
    return this.#failed.promise
  }

  /** Why those that do not run do not, by name. */
  parked(): ReadonlyMap<string, string> {
    return new Map([...this.#live].map(([name, { running }]) => [name, running.parkedBecause()]))
  }

  /** From now on `wanted` are the feeds: those that did not change do not notice. Resolves when all that is new is open and all that changes has begun; see `prepare`. */
  async apply(wanted: readonly FeedConfig[], signal: AbortSignal): Promise<Difference> {
    const change = await this.prepare(wanted, signal)
    change.commit()
    return change.difference
  }

  /** Opens what is new of `wanted`. One change at a time. Throws `Unusable` for a lane that cannot be opened, and the reason of `signal`; then nothing has changed. */
  async prepare(wanted: readonly FeedConfig[], signal: AbortSignal): Promise<Change> {
    const present = new Map([...this.#live].map(([name, { present }]) => [name, present.config]))
    const changes = difference(present, wanted)
    const opened: Opened[] = []
    this.#opened = opened
    const back: LiveFeed[] = []
    const heirs: Heir[] = []
    const abandon = async (): Promise<void> => {
      for (const live of back) this.#leave(live)
      for (const { next } of heirs.splice(0)) await this.#uses.release(next)
      for (const one of opened.splice(0).reverse()) await this.#abandon(one, one)
    }
    try {
      for (const feed of changes.added) {
        const former = await this.#departures.takeBack(feed.name)
        if (former) {
          back.push(former)
          heirs.push(await this.#heir(former, feed))
        } else opened.push(await this.#open(feed, signal))
      }
      for (const feed of changes.restarted) heirs.push(await this.#heir(this.#find(feed), feed))
      signal.throwIfAborted()
      return { difference: changes, abandon, commit: () => this.#commit(changes, opened, heirs) }
    } catch (error) {
      await abandon()
      throw error
    }
  }

  /** Closes all sockets; resolves when all is delivered or kept, or when `deadline` aborts. Then nothing runs any more. */
  async drain(deadline: AbortSignal): Promise<void> {
    const all = this.#all()
    await Promise.all(all.map(({ running }) => running.drain(deadline)))
    await Promise.race([this.#departures.closed(), aborted(deadline)])
    this.#stopped.abort(STOPPED)
    for (const { running } of all) running.halt()
  }

  /** Closes what is open of every feed. */
  async close(): Promise<void> {
    this.#stopped.abort(STOPPED)
    const all = this.#all()
    for (const { running } of all) running.halt()
    for (const { scope } of [...all, ...this.#opened.splice(0)].reverse()) await scope.close()
  }

  #all(): LiveFeed[] {
    return [...this.#live.values(), ...this.#departures.feeds]
  }

  #find({ name }: FeedConfig): LiveFeed {
    const live = this.#live.get(name)
    if (!live) throw new Error(`there is no feed ${name}`)
    return live
  }

  async #open(config: FeedConfig, signal: AbortSignal): Promise<Opened> {
    signal.throwIfAborted()
    const { name } = config
    const { dial, status, gapStates, parts: all } = this.#shared
    const scope = new Scope()
    let present: Present | undefined
    try {
      const declared = [...(status.feeds.get(name)?.sources.keys() ?? [])].map((info) => ({ info }))
      const sources = await dial.sources(config, declared)
      status.addFeed(name, sources.present)
      const lasting = await openLasting(config, sources.present, this.#config, this.#shared, signal)
      scope.use(lasting.lane, (it) => it.close())
      present = await this.#make({ config, sources, lasting })
      await gapStates.open(name, sources.present)
      all.set(name, present.parts)
      return { ...present, lasting, scope }
    } catch (error) {
      await this.#abandon({ config, scope }, present)
      throw error
    }
  }

  /** The parts, whose use of what feeds share is counted from now on. */
  async #make({ config, sources, lasting, before }: Making): Promise<Present> {
    const { targets } = this.#shared
    const target = await targets.take(config.sink)
    try {
      const former = before && { feed: before.config, parts: before.parts }
      const parts = await makeParts(config, sources, lasting, target, this.#config, this.#shared, former)
      const present = { config, sources, parts, target }
      this.#uses.hold(present)
      return present
    } catch (error) {
      await targets.release(target)
      throw error
    }
  }

  async #abandon({ config: { name }, scope }: Pick<Opened, 'config' | 'scope'>, present?: Present): Promise<void> {
    if (present) await this.#uses.release(present)
    this.#shared.gapStates.forget(name)
    this.#shared.parts.delete(name)
    this.#shared.status.feeds.delete(name)
    await scope.close()
  }

  /** Over the same lane and with the same sums. */
  async #heir(live: LiveFeed, config: FeedConfig): Promise<Heir> {
    const { present: before, lasting } = live
    const sources = await this.#shared.dial.sources(config, before.sources.dialled)
    return { live, next: await this.#make({ config, sources, lasting, before }) }
  }

  #commit({ removed, adjusted }: Difference, opened: Opened[], heirs: readonly Heir[]): void {
    for (const name of removed) {
      const live = this.#live.get(name)
      this.#live.delete(name)
      if (live) this.#leave(live)
    }
    for (const feed of adjusted) this.#adjust(this.#find(feed), feed)
    for (const heir of heirs) void this.#replace(heir).catch(this.#failed.reject)
    for (const { lasting, scope, ...present } of opened.splice(0)) {
      this.#run({ present, lasting, scope, running: runFeed(present.parts) })
    }
  }

  #run(live: LiveFeed): void {
    const { running, present } = live
    this.#live.set(present.config.name, live)
    void running.started.then(this.#started.resolve)
    running.ended.catch(this.#failed.reject)
  }

  #leave(live: LiveFeed): void {
    void this.#departures.begin(live).catch(this.#failed.reject)
  }

  /** Other URLs, other bounds: the sources that stay do not notice. */
  #adjust(live: LiveFeed, config: FeedConfig): void {
    const { present, lasting } = live
    lasting.lane.resize(config)
    const { joined, left, unseen } = present.sources.change(config.urls ?? [])
    tellLane(lasting, joined, left)
    this.#tellSources(joined, [])
    if (unseen.length > 0) void (live.formerEnded ?? Promise.resolve()).then(() => this.#tellSources([], unseen))
    live.present = { ...present, config }
  }

  #tellSources(joined: readonly SourceInfo[], left: readonly SourceInfo[]): void {
    this.#shared.status.addSources(joined)
    for (const source of left) this.#shared.emit({ type: 'source.left', source })
  }

  /** The feed drains and starts again; what it has not delivered by then goes by the new settings. */
  async #replace({ live, next }: Heir): Promise<void> {
    const { present: before, lasting } = live
    const { parts, status } = this.#shared
    const { name } = next.config
    const stay = new Set(next.sources.present)
    const left = before.sources.present.filter((source) => !stay.has(source))
    tellLane(lasting, next.sources.present, left)
    parts.set(name, next.parts)
    status.addFeed(name, next.sources.present)
    tellOpened(next.config, next.sources.present.length, this.#config, this.#shared.emit)
    const predecessor = handOver(live.running)
    live.formerEnded = predecessor.intakeEnded
    live.present = next
    live.running = runFeed(next.parts, predecessor)
    this.#run(live)
    await predecessor.outputEnded
    lasting.lane.resize(live.present.config)
    await predecessor.intakeEnded
    this.#tellSources([], left)
    await settled(before, this.#stopped.signal)
    if (!this.#stopped.signal.aborted) await this.#uses.release(before)
  }
}
