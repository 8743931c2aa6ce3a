/** Everything about a lane that is on disk, read and checked from the first block to the last. */
import { Unusable } from '../../errors.ts'
import type { SourceInfo } from '../../model.ts'
import { readBlock } from './block.ts'
import { Store } from './store.ts'
import { heldBy, type Kept, readTally } from './tally.ts'

/** What a lane holds, by what is read in its file. */
export interface Scan {
  /** Key of the first block, and the next one to be written; equal when there is none. */
  readonly first: number
  readonly next: number
  readonly messages: number
  /** Sum of the payload bytes. */
  readonly bytes: number
  /** Milliseconds since the epoch; 0 when it is empty. */
  readonly oldestReceivedAt: number
  /** Messages and payload bytes per id of a source. */
  readonly sources: Readonly<Record<string, { readonly messages: number; readonly bytes: number }>>
  readonly tally: Kept | undefined
}

/** Reads the whole lane in `path`. Throws `Unusable` for damage: a checksum, a missing block, sums that do not fit. May end the process. */
export async function scan(path: string): Promise<Scan> {
  const store = new Store(path)
  const sourceOf = sourcesById()
  const sources: Record<string, { messages: number; bytes: number }> = {}
  const total = { messages: 0, bytes: 0, oldestReceivedAt: 0 }
  let first: number | undefined
  let next: number | undefined
  for (const key of store.keys()) {
    if (next !== undefined && key !== next) throw new Unusable(`it is damaged: block ${next} is missing`)
    first ??= key
    next = key + 1
    for (const { source, data, receivedAt } of readBlock((await store.read(key)) ?? Buffer.alloc(0), sourceOf)) {
      if (total.messages === 0) total.oldestReceivedAt = receivedAt
      total.messages++
      total.bytes += data.length
      sources[source.id] ??= { messages: 0, bytes: 0 }
      const share = sources[source.id] as { messages: number; bytes: number }
      share.messages++
      share.bytes += data.length
    }
  }
  const bytes = await store.readTally()
  const tally = bytes && readTally(bytes)
  await store.close()
  const end = next ?? tally?.next ?? 1
  if (total.messages !== (tally ? heldBy(tally) : 0) || (tally && tally.next !== end)) {
    throw new Unusable(`it is damaged: its sums say ${tally ? heldBy(tally) : 0} messages, its blocks hold ${total.messages}`)
  }
  return { first: first ?? end, next: end, ...total, sources, tally }
}

function sourcesById(): (id: string) => SourceInfo {
  const known = new Map<string, SourceInfo>()
  return (id) => {
    const source = known.get(id) ?? { feed: '', id, hash: 0 }
    known.set(id, source)
    return source
  }
}
