/** The present state of feeds and sources, kept from events, for /status and for gauges. */
import type { Event } from '../events.ts'
import { steadyNow } from '../lib/clock.ts'
import type { SourceInfo } from '../model.ts'
import { KAFKA_NAME, partitionText } from './line.ts'

export type SourceState = 'waiting' | 'dialling' | 'open' | 'refused' | 'stopped'

/** The state of a source. Times are milliseconds on the steady clock, 0 = never. */
export interface SourceStatus {
  /** The URL without secrets. */
  readonly url: string
  state: SourceState
  dials: number
  messages: number
  lastMessageAt: number
  openedAt: number
  lastClose:
    | { readonly at: number; readonly reason: string; readonly code: number | undefined; readonly detail: string }
    | undefined
}

/**
 * The state of a feed. `starting`: until the feed runs. `parked`: cannot run now, `detail` says why. `leaving`:
 * removed, delivers its held messages.
 */
export interface FeedStatus {
  state: 'starting' | 'parked' | 'running' | 'leaving'
  detail: string
  /** Why the lane cannot write now; empty if it can. */
  laneTrouble: string
  readonly sources: Map<SourceInfo, SourceStatus>
}

/** Whether a system responds now, and whether it ever did. Readiness waits for the first response. */
interface SystemStatus {
  readonly isConnected: boolean
  readonly wasConnected: boolean
}

/** Applies events to the state. */
export class Status {
  readonly feeds = new Map<string, FeedStatus>()
  /** The systems of the open sinks, by name. */
  readonly systems = new Map<string, SystemStatus>()
  /** Whether the last reload succeeded, and the time of the last success, in milliseconds since the epoch. */
  readonly reload = { isGood: true, at: steadyNow() }
  /** Partitions whose system accepts no records now, as `topic[partition]`, and why. */
  readonly held = new Map<string, { readonly system: string; readonly detail: string }>()

  /** `systems`: systems known at the start, before a sink is open. */
  constructor(systems: Iterable<string> = [KAFKA_NAME]) {
    for (const system of systems) this.#addSystem(system)
  }

  /** Whether Kafka responds now, as far as known. */
  get kafkaConnected(): boolean {
    return this.systems.get(KAFKA_NAME)?.isConnected ?? false
  }

  /** Adds a starting or restarting feed, which is then shown before its first event. */
  addFeed(name: string, sources: readonly SourceInfo[]): void {
    const known = this.feeds.get(name)
    this.feeds.set(name, { state: 'starting', detail: '', laneTrouble: '', sources: known?.sources ?? new Map() })
    this.addSources(sources)
  }

  /** Adds sources to their feed. */
  addSources(sources: readonly SourceInfo[]): void {
    for (const info of sources) {
      const of = this.feeds.get(info.feed)?.sources
      if (of && !of.has(info)) of.set(info, newSource(info.shown))
    }
  }

  /** Never throws; events of unknown feeds are ignored. */
  apply(event: Event): void {
    if (event.type === 'kafka.connected') this.#setSystem(event, true)
    else if (event.type === 'kafka.lost') this.#setSystem(event, false)
    else if (event.type === 'sink.opened') this.#addSystem(event.system)
    else if (event.type === 'sink.closed') this.systems.delete(event.system ?? '')
    else if (event.type === 'produce.held') this.#setHeld(event)
    else if (event.type === 'produce.resumed' || event.type === 'produce.left')
      this.held.delete(partitionText(event.topic, event.partition))
    else if ('source' in event) this.#applySource(event)
    else if (event.type === 'config.reloaded') Object.assign(this.reload, { isGood: true, at: steadyNow() })
    else if (event.type === 'config.refused') this.reload.isGood = false
    else this.#applyFeed(event)
  }

  #applyFeed(event: Event): void {
    if (event.type === 'feed.parked') this.#setFeed(event.feed, { state: 'parked', detail: event.detail })
    else if (event.type === 'feed.started') this.#setFeed(event.feed, { state: 'running', detail: '' })
    else if (event.type === 'feed.leaving') this.#setFeed(event.feed, { state: 'leaving', detail: '' })
    else if (event.type === 'feed.left') this.feeds.delete(event.feed)
    else if (event.type === 'lane.held') this.#setFeed(event.feed, { laneTrouble: event.detail })
    else if (event.type === 'lane.resumed') this.#setFeed(event.feed, { laneTrouble: '' })
  }

  #setSystem({ system = KAFKA_NAME }: { readonly system?: string | undefined }, isConnected: boolean): void {
    this.systems.set(system, { isConnected, wasConnected: true })
  }

  #addSystem(system: string | undefined): void {
    if (system !== undefined && !this.systems.has(system)) {
      this.systems.set(system, { isConnected: false, wasConnected: false })
    }
  }

  /** Retries in smaller parts are never `first` and not shown. */
  #setHeld(event: Extract<Event, { type: 'produce.held' }>): void {
    const place = partitionText(event.topic, event.partition)
    const { first, system = KAFKA_NAME, detail } = event
    if (first || this.held.has(place)) this.held.set(place, { system, detail })
  }

  #setFeed(name: string, present: Partial<FeedStatus>): void {
    const feed = this.feeds.get(name)
    if (feed) Object.assign(feed, present)
  }

  #applySource(event: Extract<Event, { source: SourceInfo }>): void {
    if (event.type === 'source.joined') return this.addSources([event.source])
    const sources = this.feeds.get(event.source.feed)?.sources
    if (event.type === 'source.left') sources?.delete(event.source)
    const source = sources?.get(event.source)
    if (!source) return
    switch (event.type) {
      case 'messages.received':
        source.messages += event.messages
        source.lastMessageAt = event.at
        break
      case 'source.dialled':
        source.state = 'dialling'
        source.dials++
        break
      case 'source.opened':
        source.state = 'open'
        source.openedAt = steadyNow()
        break
      case 'source.lost':
        source.state = event.redialInMs === undefined ? 'stopped' : 'waiting'
        source.lastClose = { at: steadyNow(), reason: event.reason, code: event.code, detail: event.detail }
        break
      case 'source.refused':
        source.state = 'refused'
        source.lastClose = { at: steadyNow(), reason: event.reason, code: undefined, detail: event.detail }
        break
    }
  }
}

function newSource(url: string): SourceStatus {
  return { url, state: 'waiting', dials: 0, messages: 0, lastMessageAt: 0, openedAt: 0, lastClose: undefined }
}
