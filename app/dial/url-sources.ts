/** The sources of a changing list of URLs. Yields each source once, and aborts its `gone` when its URL is removed. */

import { Notifier } from '../lib/notifier.ts'
import type { UrlPaths } from '../lib/redact-url.ts'
import { STOPPED } from '../lib/stopped.ts'
import type { Source, SourceInfo, Sources } from '../model.ts'
import { describeSources, type PresentSource, standsFor } from './address.ts'

/** `index`: position of the source's URL in the list, from 0. `dialled`: the URL of the last dial, if URLs come from a file. */
export interface UrlPlace {
  index: number
  dialled?: string
}

/** Inputs of `UrlSources`. `urls` stays current, so `make` may read the list at any time. */
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

/** Sources added and removed by a change of the list. `unseen`: removed sources that never arrived. */
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

  /** Sources of `present` whose URLs are in the list keep their names. */
  constructor(list: UrlList, present: Iterable<PresentSource> = []) {
    this.#list = list
    const infos = describeSources(list.feed, list.urls, list.paths, present)
    this.#entries = infos.map((info, index) => ({ info, place: { index }, gone: new AbortController() }))
    this.#arriving = [...this.#entries]
  }

  get present(): readonly SourceInfo[] {
    return this.#entries.map(infoOf)
  }

  /** Present sources with the URLs of their last or next dial. */
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
   * Replaces the list. A source whose URL remains is kept, at any position. A source last dialled with another URL, because its file
   * had changed, is removed, and its URL gets a new source.
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
    for (const { gone } of left) gone.abort(STOPPED)
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
