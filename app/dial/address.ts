/** Names the sources of a feed. */
import { murmur2 } from '../lib/murmur2.ts'
import { redactUrl, type UrlPaths } from '../lib/redact-url.ts'
import { identityIn, identityOf, storedId } from '../lib/source-id.ts'
import type { SourceInfo } from '../model.ts'

/** An existing source, and its URL if known. */
export interface PresentSource {
  readonly info: SourceInfo
  readonly url?: string | undefined
}

/**
 * Returns one `SourceInfo` per URL, in order. Names hide user info and query values; repeated names get `#2`, `#3`, … A URL that
 * matches an entry of `present`, exactly or apart from its token, reuses that object and keeps its names. New sources take the lowest
 * free numbers.
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
    // The whole path, numbered by place in the list: otherwise records without a key would move to other partitions.
    const formerId = formerIds.free(redactUrl(url, 'show'))
    const shown = names.free(redactUrl(url, paths))
    const hash = murmur2(Buffer.from(formerId))
    return { feed, id: storedId({ identity, hash, name: shown }), shown, hash, formerId }
  })
}

/** Maps indexes of `urls` to present sources: first by equal URL, then, in order, by equal URL apart from the token. */
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

/** Whether `url` is the URL of `source`, possibly with another token. */
export function standsFor(source: SourceInfo, url: string): boolean {
  return stemOf(source) === identityOf(url)
}

/** The identity without its number. */
function stemOf({ id }: SourceInfo): string {
  return identityIn(id).replace(/#\d+$/, '')
}

/** Allocates unique names: a repeated name is numbered from 2 on. */
class NumberedNames {
  readonly #taken = new Set<string>()
  /** The lowest number of a name that may be free. */
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

/** Returns `host:port` of a source, the key of the dial limit; its whole name if the name is no URL. */
export function hostOf(source: SourceInfo): string {
  return URL.canParse(source.shown) ? new URL(source.shown).host : source.shown
}
