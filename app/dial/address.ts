/** What the sources of a feed are called. */
import { murmur2 } from '../lib/murmur2.ts'
import { redactUrl } from '../lib/redact-url.ts'
import type { SourceInfo } from '../model.ts'

/** One `SourceInfo` per URL, in order. The id shows neither user info nor query values; a repeated id gets `#2`, `#3`, … */
export function describeSources(feed: string, urls: readonly string[]): SourceInfo[] {
  const seen = new Map<string, number>()
  return urls.map((url) => {
    const address = redactUrl(url)
    const count = (seen.get(address) ?? 0) + 1
    seen.set(address, count)
    const id = count === 1 ? address : `${address}#${count}`
    return { feed, id, hash: murmur2(Buffer.from(id)) }
  })
}

/** `host:port` of a source, by which dials are limited; its whole id when that is no URL. */
export function hostOf(source: SourceInfo): string {
  return URL.canParse(source.id) ? new URL(source.id).host : source.id
}
