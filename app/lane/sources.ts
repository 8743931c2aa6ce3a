/** The sources that the messages of a lane came from. */
import { murmur2 } from '../lib/murmur2.ts'
import type { SourceInfo } from '../model.ts'

/** Finds a source of `feed` by its id. One that is configured no longer is made from its id, once. */
export function sourceFinder(feed: string, configured: readonly SourceInfo[]): (id: string) => SourceInfo {
  const known = new Map(configured.map((source) => [source.id, source]))
  return (id) => {
    const found = known.get(id) ?? { feed, id, hash: murmur2(Buffer.from(id)) }
    known.set(id, found)
    return found
  }
}
