/** What the sources of a feed are called. */
import { murmur2 } from '../lib/murmur2.ts'
import { redactUrl, type UrlPaths } from '../lib/redact-url.ts'
import { identityIn, identityOf, storedId } from '../lib/source-id.ts'
import type { SourceInfo } from '../model.ts'

/**
 * One `SourceInfo` per URL, in order. No name shows user info or query values; a repeated one gets `#2`, `#3`, … A URL that one
 * of `present` stands for gets that very object, so it keeps its names; a new one takes the lowest numbers that are free.
 */
export function describeSources(
  feed: string,
  urls: readonly string[],
  paths: UrlPaths,
  present: Iterable<SourceInfo> = [],
): SourceInfo[] {
  const known = new Map([...present].map((source) => [identityIn(source.id), source]))
  const identities = numbered(urls.map(identityOf))
  const kept = identities.flatMap((identity) => known.get(identity) ?? [])
  const [formerIds, names] = [new Names(), new Names()]
  for (const { id, shown, formerId = id } of kept) {
    formerIds.take(formerId)
    names.take(shown)
  }
  return identities.map((identity, at) => {
    const source = known.get(identity)
    if (source) return source
    const url = urls[at] ?? ''
    // Its whole path, and the number by its place: records without a key would move to other partitions otherwise.
    const formerId = formerIds.free(redactUrl(url, 'show'))
    const shown = names.free(redactUrl(url, paths))
    const hash = murmur2(Buffer.from(formerId))
    return { feed, id: storedId({ identity, hash, name: shown }), shown, hash, formerId }
  })
}

/** Names in use, and those that are free: a repeated name is numbered from 2 on. */
class Names {
  readonly #taken = new Set<string>()
  /** Below, all numbers of a name are taken. */
  readonly #next = new Map<string, number>()

  take(name: string): void {
    this.#taken.add(name)
  }

  free(name: string): string {
    let number = this.#next.get(name) ?? 1
    while (this.#taken.has(withNumber(name, number))) number++
    this.#next.set(name, number + 1)
    const free = withNumber(name, number)
    this.#taken.add(free)
    return free
  }
}

function numbered(names: readonly string[]): string[] {
  const all = new Names()
  return names.map((name) => all.free(name))
}

function withNumber(name: string, number: number): string {
  return number === 1 ? name : `${name}#${number}`
}

/** `host:port` of a source, by which dials are limited; its whole name when that is no URL. */
export function hostOf(source: SourceInfo): string {
  return URL.canParse(source.shown) ? new URL(source.shown).host : source.shown
}
