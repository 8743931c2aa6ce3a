/** What the sources of a feed are called. */
import { murmur2 } from '../lib/murmur2.ts'
import { redactUrl, type UrlPaths } from '../lib/redact-url.ts'
import type { SourceInfo } from '../model.ts'

/** One `SourceInfo` per URL, in order. Neither name shows user info or query values; a repeated one gets `#2`, `#3`, … */
export function describeSources(feed: string, urls: readonly string[], paths: UrlPaths): SourceInfo[] {
  // The whole path belongs to the id: records without a key would move to other partitions otherwise.
  const ids = numbered(urls.map((url) => redactUrl(url, 'show')))
  const shown = numbered(urls.map((url) => redactUrl(url, paths)))
  return ids.map((id, at) => ({ feed, id, shown: shown[at] ?? id, hash: murmur2(Buffer.from(id)) }))
}

function numbered(names: readonly string[]): string[] {
  const seen = new Map<string, number>()
  return names.map((name) => {
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    return count === 1 ? name : `${name}#${count}`
  })
}

/** `host:port` of a source, by which dials are limited; its whole id when that is no URL. */
export function hostOf(source: SourceInfo): string {
  return URL.canParse(source.id) ? new URL(source.id).host : source.id
}
