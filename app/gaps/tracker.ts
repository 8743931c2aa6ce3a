/** Folds events into gaps: a gap begins when a loss is noticed, and ends with the first message after. */
import type { Emit, Event } from '../events.ts'
import { identityIn } from '../lib/source-id.ts'
import type { SourceInfo } from '../model.ts'
import { track as newTrack, type OpenGap, openGap, type SavedSource, saved, type Track } from './track.ts'

type SourceEvent = Extract<Event, { source: SourceInfo }>

/** What an earlier process left of a feed: its sources by identity, or by the id that 0.1.0 gave them, and whether it ended in order. */
export interface SavedFeed {
  readonly sources: ReadonlyMap<string, SavedSource>
  readonly stopped: boolean
}

/** All gaps of all feeds, on the wall clock (milliseconds since the epoch). Emits `gap.ended`. */
export class GapTracker {
  readonly #feeds = new Map<string, Map<SourceInfo, Track>>()
  /** Milliseconds of ended gaps by feed and reason; what is open comes on top. */
  readonly #ended = new Map<string, Map<string, number>>()
  /** What was told last: a counter may not go back with the clock. */
  readonly #told = new Map<string, Map<string, number>>()
  readonly #now: () => number

  constructor(now: () => number = Date.now) {
    this.#now = now
  }

  /** Declares a feed. Each source of it that an earlier process had open, or may have had, begins with a gap. */
  addFeed(name: string, sources: readonly SourceInfo[], before?: SavedFeed): void {
    const reason = before?.stopped ? 'restart' : 'death'
    const now = this.#now()
    const tracks = sources.map((source): [SourceInfo, Track] => [
      source,
      newTrack(source, now, savedOf(source, before), reason),
    ])
    this.#feeds.set(name, new Map(tracks))
    this.#ended.set(name, new Map())
    this.#told.set(name, new Map())
  }

  /** Nothing is left of a feed. */
  removeFeed(name: string): void {
    this.#feeds.delete(name)
    this.#ended.delete(name)
    this.#told.delete(name)
  }

  /** How many sources there are. */
  get size(): number {
    return [...this.#feeds.values()].reduce((sum, { size }) => sum + size, 0)
  }

  /** Never throws; events of unknown sources are ignored. Answers whether anything changed that is worth keeping. */
  apply(event: SourceEvent, emit: Emit): boolean {
    const track = this.#feeds.get(event.source.feed)?.get(event.source)
    if (event.type === 'source.joined') return track ? this.#rejoin(track) : this.#join(event.source)
    if (!track) return false
    switch (event.type) {
      case 'source.left':
        return this.#leave(track, emit)
      case 'messages.received':
        return this.#received(track, event, emit)
      case 'messages.kept':
        track.lastKeptAt = track.lastMessageAt
        track.waiting = false
        return true
      case 'source.behind':
        track.behindSince = event.since
        return true
      case 'source.opened':
        track.wasOpen = true
        track.behindSince = 0
        return true
      case 'source.dialled':
        if (track.gap) track.gap.dials++
        return track.gap !== undefined
      case 'source.lost':
        track.wasOpen ||= event.openMs !== undefined
        if (event.reason === 'stopped') track.closedAt = this.#now()
        else this.#begin(track, event.reason, event.openMs === undefined ? undefined : event.code)
        return true
      case 'source.refused':
        this.#begin(track, event.reason)
        return true
    }
    return false
  }

  /** Ends every open gap now, or those of one feed: nothing will be left that could end it later. */
  endAll(emit: Emit, feed?: string): void {
    const now = this.#now()
    for (const [name, tracks] of this.#feeds) {
      if (feed !== undefined && name !== feed) continue
      for (const track of tracks.values()) if (track.gap) this.#end(track, track.gap, now, emit)
    }
  }

  /** The gap that `source` is in. */
  gapOf(source: SourceInfo): OpenGap | undefined {
    return this.#feeds.get(source.feed)?.get(source)?.gap
  }

  /** Those of `feed` that are known now. */
  sourcesOf(feed: string): readonly SourceInfo[] {
    return [...(this.#feeds.get(feed)?.keys() ?? [])]
  }

  /** Every source of `feed` as it is to be kept for the next start, by identity. */
  saved(feed: string): Map<string, SavedSource> {
    const now = this.#now()
    const tracks = [...(this.#feeds.get(feed)?.values() ?? [])]
    return new Map(tracks.map((track) => [identityIn(track.source.id), saved(track, now)]))
  }

  /** Milliseconds in gaps so far by feed and reason, those that are open included; never less than told before. */
  millis(): ReadonlyMap<string, ReadonlyMap<string, number>> {
    const now = this.#now()
    for (const [feed, tracks] of this.#feeds) {
      const sums = new Map(this.#ended.get(feed))
      for (const { gap } of tracks.values()) if (gap) add(sums, gap.reason, now - gap.beganAt)
      const told = this.#told.get(feed)
      for (const [reason, sum] of sums) told?.set(reason, Math.max(sum, told.get(reason) ?? 0))
    }
    return this.#told
  }

  /** How many sources are in a gap, by feed. */
  open(): ReadonlyMap<string, number> {
    const count = (tracks: ReadonlyMap<SourceInfo, Track>): number =>
      [...tracks.values()].reduce((sum, { gap }) => sum + (gap ? 1 : 0), 0)
    return new Map([...this.#feeds].map(([feed, tracks]) => [feed, count(tracks)]))
  }

  #received(track: Track, { firstAt, at }: Extract<Event, { type: 'messages.received' }>, emit: Emit): boolean {
    if (track.gap) this.#end(track, track.gap, firstAt, emit)
    track.lastMessageAt = track.behindSince === 0 ? at : Math.min(track.behindSince, at)
    track.waiting = true
    track.wasOpen = true
    return true
  }

  #join(source: SourceInfo): boolean {
    return this.#feeds.get(source.feed)?.set(source, newTrack(source, this.#now())) !== undefined
  }

  #leave(track: Track, emit: Emit): boolean {
    if (track.gap) this.#end(track, track.gap, this.#now(), emit)
    return this.#feeds.get(track.source.feed)?.delete(track.source) === true
  }

  /** We had closed it ourselves, because its feed changed: what it sent meanwhile is missing. */
  #rejoin(track: Track): boolean {
    if (track.closedAt === 0) return false
    if (track.wasOpen) track.gap ??= openGap(track, track.closedAt, 'restart')
    track.closedAt = 0
    return true
  }

  #begin(track: Track, reason: string, code?: number): void {
    if (track.wasOpen) track.gap ??= openGap(track, this.#now(), reason, code)
  }

  #end(track: Track, gap: OpenGap, at: number, emit: Emit): void {
    track.gap = undefined
    const endedAt = Math.max(at, gap.beganAt)
    const sums = this.#ended.get(track.source.feed)
    if (sums) add(sums, gap.reason, endedAt - gap.beganAt)
    emit({ type: 'gap.ended', source: track.source, ...gap, endedAt, sequence: undefined })
  }
}

/** A process that was killed may have opened after its last note what it had not opened until then. */
function savedOf({ id, formerId = id }: SourceInfo, before: SavedFeed | undefined): SavedSource | undefined {
  const source = before?.sources.get(identityIn(id)) ?? before?.sources.get(formerId)
  return source?.unopened && before?.stopped ? undefined : source
}

function add(sums: Map<string, number>, reason: string, ms: number): void {
  sums.set(reason, (sums.get(reason) ?? 0) + Math.max(0, ms))
}
