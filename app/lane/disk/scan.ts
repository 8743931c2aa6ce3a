/** Reads and checks a lane on disk from the first block to the last. */
import { Unusable } from '../../errors.ts'
import type { SourceInfo } from '../../model.ts'
import type { Part } from '../batch.ts'
import { readBypassCounts } from './bypass-counts.ts'
import type { Keys } from './environment.ts'
import { readBlock } from './read-block.ts'
import { afterHole, heldBy, type Kept, readSavedCounts, withBypassed } from './saved-counts.ts'
import { Store } from './store.ts'

/** Content of a lane on disk. */
export interface Scan {
  /** Keys of the first block and of the next block to write; equal if there is no block. */
  readonly first: number
  readonly next: number
  readonly messages: number
  /** The running number after the last message; 1 if empty. */
  readonly numberedTo: number
  /** Payload bytes. */
  readonly bytes: number
  /** Milliseconds since the epoch; 0 if empty. */
  readonly oldestReceivedAt: number
  /** Messages and payload bytes per source id. */
  readonly sources: Readonly<Record<string, { readonly messages: number; readonly bytes: number }>>
  readonly counts: Kept | undefined
}

/**
 * Reads the whole lane in `path`; calls `live` for each block. Throws `Unusable` for damage: a wrong checksum, a
 * missing block, counts that do not match. May end the process.
 */
export async function scan(path: string, live: () => void = () => {}): Promise<Scan> {
  const store = new Store(path)
  try {
    const bytes = await store.readCounts()
    const counts = bytes && readSavedCounts(bytes)
    const blocks = await scanBlocks(store, counts?.holes ?? [], live)
    if (blocks.count + (bytes ? 1 : 0) !== store.entries || (!bytes && blocks.count > 0)) {
      throw new Unusable('it is damaged: its file is cut off')
    }
    const held = counts ? heldBy(counts) : 0
    const next = counts?.next ?? 1
    if (blocks.messages !== held) {
      throw new Unusable(`it is damaged: its sums say ${held} messages, its blocks hold ${blocks.messages}`)
    }
    const { count: _, ...found } = blocks
    return { ...found, first: blocks.first ?? next, next, counts: withBypassed(counts, readBypassCounts(path)) }
  } finally {
    await store.close()
  }
}

async function scanBlocks(store: Store, holes: readonly Keys[], live: () => void) {
  const counts = new BlockTotals()
  const sourceOf = sourcesById()
  let first: number | undefined
  let next = 0
  let count = 0
  for (const key of store.keys()) {
    if (first !== undefined && afterHole(next, holes) !== key) {
      throw new Unusable(`it is damaged: block ${next} is missing`)
    }
    first ??= key
    next = key + 1
    count++
    live()
    counts.add(readBlock((await store.read(key)) ?? Buffer.alloc(0), key, { sourceOf, isEarlier: true }))
  }
  return { first, count, ...counts }
}

class BlockTotals {
  messages = 0
  numberedTo = 1
  bytes = 0
  oldestReceivedAt = 0
  readonly sources: Record<string, { messages: number; bytes: number }> = {}

  add({ first, messages }: Part): void {
    this.numberedTo = Math.max(this.numberedTo, first + messages.length)
    for (const { source, data, receivedAt } of messages) {
      if (this.messages === 0) this.oldestReceivedAt = receivedAt
      this.messages++
      this.bytes += data.length
      const share = this.sources[source.id] ?? { messages: 0, bytes: 0 }
      this.sources[source.id] = { messages: share.messages + 1, bytes: share.bytes + data.length }
    }
  }
}

function sourcesById(): (id: string) => SourceInfo {
  const known = new Map<string, SourceInfo>()
  return (id) => {
    const source = known.get(id) ?? { feed: '', id, shown: '', hash: 0 }
    known.set(id, source)
    return source
  }
}
