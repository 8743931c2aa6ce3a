/** Finds the sources of stored messages. */
import { murmur2 } from '../lib/murmur2.ts'
import { redactUrl, type UrlPaths } from '../lib/redact-url.ts'
import { parseStoredId } from '../lib/source-id.ts'
import type { SourceInfo } from '../model.ts'

/** Most former sources to remember. A remembered source is counted as one source. */
const MOST_FORMER = 10_000

/** Finds sources of `feed` among `present`; see `SourceFinder`. */
export function sourceFinder(
  feed: string,
  present: Iterable<SourceInfo>,
  paths: UrlPaths = 'auto',
): (id: string) => SourceInfo {
  const finder = new SourceFinder(feed, paths)
  for (const source of present) finder.add(source)
  return finder.of
}

/**
 * The current sources of a feed, found by id, by the id of 0.1.0, or by the shown name in dead letters. An unknown
 * source is created once from the requested id.
 */
export class SourceFinder {
  readonly #feed: string
  readonly #paths: UrlPaths
  readonly #byName = new Map<string, SourceInfo>()
  readonly #former = new Map<string, SourceInfo>()

  constructor(feed: string, paths: UrlPaths) {
    this.#feed = feed
    this.#paths = paths
  }

  /** Makes a source available under all of its names. */
  add(source: SourceInfo): void {
    for (const name of lookupNames(source)) this.#byName.set(name, source)
  }

  /** Removes a source from the configured sources. Stored messages still find it by its id. */
  remove(source: SourceInfo): void {
    for (const name of lookupNames(source)) if (this.#byName.get(name) === source) this.#byName.delete(name)
    this.#remember(source.id, source)
  }

  readonly of = (id: string): SourceInfo => {
    const stored = parseStoredId(id)
    const known = this.#byName.get(stored?.identity ?? id) ?? this.#former.get(id)
    if (known) return known
    const name = stored?.name ?? id
    const hash = stored?.hash ?? murmur2(Buffer.from(id))
    return this.#remember(id, { feed: this.#feed, id, shown: shownName(name, this.#paths), hash })
  }

  #remember(id: string, source: SourceInfo): SourceInfo {
    if (this.#former.size >= MOST_FORMER) this.#former.delete(this.#former.keys().next().value ?? '')
    this.#former.set(id, source)
    return source
  }
}

function lookupNames({ id, shown, formerId = id }: SourceInfo): string[] {
  return [shown, formerId, parseStoredId(id)?.identity ?? id]
}

function shownName(name: string, paths: UrlPaths): string {
  const [, address = name, number = ''] = /^(.*?)(#\d+)?$/s.exec(name) ?? []
  return URL.canParse(address) ? redactUrl(address, paths) + number : name
}
