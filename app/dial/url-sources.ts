/** The sources of a list of URLs, which may change: each is yielded once, and gone when its URL is. */
import { Notifier } from '../lib/notifier.ts'
import type { UrlPaths } from '../lib/redact-url.ts'
import type { Source, SourceInfo, Sources } from '../model.ts'
import { describeSources, type PresentSource, standsFor } from './address.ts'

/** Where the URL of a source stands now, from 0; `dialled`: the one that it was dialled with last, where it is read from a file. */
export interface UrlPlace {
  index: number
  dialled?: string
}

/** What the sources are made of. `make` may read `urls` whenever it likes: they are kept current. */
export interface UrlList {
  readonly feed: string
  readonly urls: string[]
  readonly paths: UrlPaths
  readonly make: (info: SourceInfo, place: UrlPlace) => Source
}

interface SourceEntry {
  readonly info: SourceInfo
  readonly place: UrlPlace
  readonly gone: AbortController
}

/** What a change of the list has added and removed. `unseen`: those of the removed that never arrived. */
export interface SourceChange {
  readonly joined: readonly SourceInfo[]
  readonly left: readonly SourceInfo[]
  readonly unseen: readonly SourceInfo[]
}

/** One per feed that dials. */
export class UrlSources implements Sources {
  readonly #list: UrlList
  readonly #changed = new Notifier()
  #entries: readonly SourceEntry[]
  #arriving: SourceEntry[]

  /** Those of `present` whose URLs are in the list go on under their names. */
  constructor(list: UrlList, present: Iterable<PresentSource> = []) {
    this.#list = list
    const infos = describeSources(list.feed, list.urls, list.paths, present)
    this.#entries = infos.map((info, index) => ({ info, place: { index }, gone: new AbortController() }))
    this.#arriving = [...this.#entries]
  }

  get present(): readonly SourceInfo[] {
    return this.#entries.map(infoOf)
  }

  /** Those that are there, with the URLs that they were dialled with, or will be. */
  get dialled(): readonly PresentSource[] {
    const { urls } = this.#list
    return this.#entries.map(({ info, place }) => ({ info, url: place.dialled ?? urls[place.index] }))
  }

  async *arrivals(signal: AbortSignal): AsyncGenerator<Source, void, void> {
    while (!signal.aborted) {
      const entry = this.#arriving.shift()
      if (entry) yield { ...this.#list.make(entry.info, entry.place), gone: entry.gone.signal }
      else await this.#changed.wait(signal)
    }
  }

  /**
   * The list is `urls` from now on. A source whose URL is still there stays as it is, wherever that stands now; one that was dialled with
   * another, because a file had changed, goes, and its URL gets a new one.
   */
  change(urls: readonly string[]): SourceChange {
    const { feed, paths, urls: known } = this.#list
    const before = new Map(this.#entries.filter(isItself).map((entry) => [entry.info, entry]))
    const infos = describeSources(
      feed,
      urls,
      paths,
      this.dialled.filter(({ info }) => before.has(info)),
    )
    known.splice(0, known.length, ...urls)
    const all = this.#entries
    const joined: SourceEntry[] = []
    this.#entries = infos.map((info, index) => {
      const entry = before.get(info) ?? { info, place: { index }, gone: new AbortController() }
      if (!before.has(info)) joined.push(entry)
      entry.place.index = index
      return entry
    })
    const stay = new Set(this.#entries)
    const left = all.filter((entry) => !stay.has(entry))
    const unseen = this.#arriving.filter((entry) => !stay.has(entry))
    this.#arriving = [...this.#arriving.filter((entry) => stay.has(entry)), ...joined]
    for (const { gone } of left) gone.abort()
    this.#changed.notify()
    return { joined: joined.map(infoOf), left: left.map(infoOf), unseen: unseen.map(infoOf) }
  }
}

function isItself({ info, place: { dialled } }: SourceEntry): boolean {
  return dialled === undefined || standsFor(info, dialled)
}

function infoOf({ info }: SourceEntry): SourceInfo {
  return info
}
