/** What the sources of a feed are called. */
import { murmur2 } from '../lib/murmur2.ts'
import { redactUrl, type UrlPaths } from '../lib/redact-url.ts'
import { identityIn, identityOf, storedId } from '../lib/source-id.ts'
import type { SourceInfo } from '../model.ts'

/** A source that is there already, and its URL, where that is known. */
export interface PresentSource {
  readonly info: SourceInfo
  readonly url?: string | undefined
}

/**
 * One `SourceInfo` per URL, in order. No name shows user info or query values; a repeated one gets `#2`, `#3`, … A URL that one of
 * `present` stands for, itself or with another token, gets that very object, so it keeps its names; a new one takes the lowest numbers
 * that are free.
 */
export function describeSources(
  feed: string,
  urls: readonly string[],
  paths: UrlPaths,
  present: Iterable<PresentSource> = [],
): SourceInfo[] {
  const kept = match(urls, [...present])
  const [identities, formerIds, names] = [new NumberedNames(), new NumberedNames(), new NumberedNames()]
  for (const { id, shown, formerId = id } of kept.values()) {
    identities.take(identityIn(id))
    formerIds.take(formerId)
    names.take(shown)
  }
  return urls.map((url, at) => {
    const source = kept.get(at)
    if (source) return source
    const identity = identities.free(identityOf(url))
    // Its whole path, and the number by its place: records without a key would move to other partitions otherwise.
    const formerId = formerIds.free(redactUrl(url, 'show'))
    const shown = names.free(redactUrl(url, paths))
    const hash = murmur2(Buffer.from(formerId))
    return { feed, id: storedId({ identity, hash, name: shown }), shown, hash, formerId }
  })
}

/** Which of `present` goes on at which place: first by the same URL, then, in order, by the same but for its token. */
function match(urls: readonly string[], present: readonly PresentSource[]): ReadonlyMap<number, SourceInfo> {
  const kept = new Map<number, SourceInfo>()
  const taken = new Set<SourceInfo>()
  const among = (key: (one: PresentSource) => string | undefined, keyOf: (url: string) => string): void => {
    const pool = new Map<string | undefined, SourceInfo[]>()
    for (const one of present) {
      if (taken.has(one.info)) continue
      const of = pool.get(key(one))
      if (of) of.push(one.info)
      else pool.set(key(one), [one.info])
    }
    for (const [at, url] of urls.entries()) {
      const info = kept.has(at) ? undefined : pool.get(keyOf(url))?.shift()
      if (!info) continue
      kept.set(at, info)
      taken.add(info)
    }
  }
  if (present.length === 0) return kept
  among(
    ({ url }) => url,
    (url) => url,
  )
  among(({ info }) => stemOf(info), identityOf)
  return kept
}

/** Whether `url` is that of `source`, perhaps with another token. */
export function standsFor(source: SourceInfo, url: string): boolean {
  return stemOf(source) === identityOf(url)
}

/** The identity without its number. */
function stemOf({ id }: SourceInfo): string {
  return identityIn(id).replace(/#\d+$/, '')
}

/** Names in use, and those that are free: a repeated name is numbered from 2 on. */
class NumberedNames {
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

function withNumber(name: string, number: number): string {
  return number === 1 ? name : `${name}#${number}`
}

/** `host:port` of a source, by which dials are limited; its whole name when that is no URL. */
export function hostOf(source: SourceInfo): string {
  return URL.canParse(source.shown) ? new URL(source.shown).host : source.shown
}
