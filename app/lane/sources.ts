/** The sources that stored messages came from. */
import { murmur2 } from '../lib/murmur2.ts'
import { redactUrl, type UrlPaths } from '../lib/redact-url.ts'
import { parseStoredId } from '../lib/source-id.ts'
import type { SourceInfo } from '../model.ts'

/** Sources that are configured no longer and remembered, so that what a lane holds of one is counted as of one. */
const MOST_FORMER = 10_000

/** Finds a source of `feed` among the `present`; see `SourceFinder`. */
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
 * The sources of a feed, which come and go. One is found by its id, by the id that 0.1.0 gave it, or by the name that is shown,
 * which dead letters have. One that is not there is made from what it was asked for by, once.
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

  /** It is found by all of its names from now on. */
  add(source: SourceInfo): void {
    for (const name of namesOf(source)) this.#byName.set(name, source)
  }

  /** It is configured no longer: what is stored of it is still found, by its own id. */
  remove(source: SourceInfo): void {
    for (const name of namesOf(source)) if (this.#byName.get(name) === source) this.#byName.delete(name)
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

function namesOf({ id, shown, formerId = id }: SourceInfo): string[] {
  return [shown, formerId, parseStoredId(id)?.identity ?? id]
}

function shownName(name: string, paths: UrlPaths): string {
  const [, address = name, number = ''] = /^(.*?)(#\d+)?$/s.exec(name) ?? []
  return URL.canParse(address) ? redactUrl(address, paths) + number : name
}
