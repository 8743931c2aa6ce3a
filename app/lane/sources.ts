/** The sources that stored messages came from. */
import { murmur2 } from '../lib/murmur2.ts'
import { redactUrl, type UrlPaths } from '../lib/redact-url.ts'
import type { SourceInfo } from '../model.ts'

/**
 * Finds a source of `feed` by its id, or by the name that is shown, which dead letters have. One that is configured no longer
 * is made from what it was asked for by, once.
 */
export function sourceFinder(
  feed: string,
  configured: readonly SourceInfo[],
  paths: UrlPaths = 'auto',
): (id: string) => SourceInfo {
  const known = new Map(configured.map((source) => [source.shown, source]))
  for (const source of configured) known.set(source.id, source)
  return (id) => {
    const found = known.get(id) ?? { feed, id, shown: shownId(id, paths), hash: murmur2(Buffer.from(id)) }
    known.set(id, found)
    return found
  }
}

function shownId(id: string, paths: UrlPaths): string {
  const [, address = id, number = ''] = /^(.*?)(#\d+)?$/s.exec(id) ?? []
  return URL.canParse(address) ? redactUrl(address, paths) + number : id
}
