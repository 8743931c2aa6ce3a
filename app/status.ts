/** The present picture, kept from events: what /status shows and what the gauges of sources count. */
import type { Event } from './events.ts'
import { steadyNow } from './lib/clock.ts'
import type { SourceInfo } from './model.ts'

export type SourceState = 'waiting' | 'dialling' | 'open' | 'refused' | 'stopped'

/** One source as an operator wants to see it. Times are milliseconds on the steady clock, 0 = never. */
export interface SourceStatus {
  /** Its URL as it may be shown. */
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

/** One feed: `starting` until it runs; `parked` says why it cannot; `leaving`: it is configured no longer, and delivers what it holds. */
export interface FeedStatus {
  state: 'starting' | 'parked' | 'running' | 'leaving'
  detail: string
  /** Why its lane takes nothing now; empty when it does. */
  laneTrouble: string
  readonly sources: Map<SourceInfo, SourceStatus>
}

/** Whether it answers now, and whether it ever has: a start waits for that. */
interface SystemStatus {
  readonly isConnected: boolean
  readonly wasConnected: boolean
}

const KAFKA = 'Kafka'

/** Folds events into the picture. */
export class Status {
  readonly feeds = new Map<string, FeedStatus>()
  /** What the sinks in use connect to, by name. */
  readonly systems = new Map<string, SystemStatus>()
  /** Whether the configuration that was read last is in force, and when one was put in force last, in milliseconds since the epoch. */
  readonly reload = { isGood: true, at: steadyNow() }
  /** What Kafka, or another system, does not take now, as `topic[partition]`, and why. */
  readonly held = new Map<string, { readonly system: string; readonly detail: string }>()

  /** `systems`: those of the start, which are there before a sink is open. */
  constructor(systems: Iterable<string> = [KAFKA]) {
    for (const system of systems) this.#addSystem(system)
  }

  /** Whether Kafka answers now, as far as is known. */
  get kafkaConnected(): boolean {
    return this.systems.get(KAFKA)?.isConnected ?? false
  }

  /** Declares a feed, or one that starts again, so that it is shown before anything happens. */
  addFeed(name: string, sources: readonly SourceInfo[]): void {
    const known = this.feeds.get(name)
    this.feeds.set(name, { state: 'starting', detail: '', laneTrouble: '', sources: known?.sources ?? new Map() })
    this.addSources(sources)
  }

  /** Declares sources of a feed. */
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
    else if (event.type === 'produce.resumed' || event.type === 'produce.left') this.held.delete(placeOf(event))
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

  #setSystem({ system = KAFKA }: { readonly system?: string | undefined }, isConnected: boolean): void {
    this.systems.set(system, { isConnected, wasConnected: true })
  }

  #addSystem(system: string | undefined): void {
    if (system !== undefined && !this.systems.has(system)) {
      this.systems.set(system, { isConnected: false, wasConnected: false })
    }
  }

  /** What is only tried again in smaller pieces was never `first`. */
  #setHeld(event: Extract<Event, { type: 'produce.held' }>): void {
    const place = placeOf(event)
    const { first, system = KAFKA, detail } = event
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

function placeOf({ topic, partition }: { readonly topic: string; readonly partition: number }): string {
  return `${topic}[${partition}]`
}
