/** Everything about a lane that is on disk, read and checked from the first block to the last. */
import { Unusable } from '../../errors.ts'
import type { SourceInfo } from '../../model.ts'
import type { Part } from '../batch.ts'
import type { Keys } from './environment.ts'
import { readPassed } from './passed-file.ts'
import { readBlock } from './read-block.ts'
import { Store } from './store.ts'
import { afterHole, heldBy, type Kept, readTally, withPassed } from './tally.ts'

/** What a lane holds, by what is read in its file. */
export interface Scan {
  /** Key of the first block, and the next one to be written; equal when there is none. */
  readonly first: number
  readonly next: number
  readonly messages: number
  /** The running number after the last of theirs; 1 without any. */
  readonly numberedTo: number
  /** Sum of the payload bytes. */
  readonly bytes: number
  /** Milliseconds since the epoch; 0 when it is empty. */
  readonly oldestReceivedAt: number
  /** Messages and payload bytes per id of a source. */
  readonly sources: Readonly<Record<string, { readonly messages: number; readonly bytes: number }>>
  readonly tally: Kept | undefined
}

/** Reads the whole lane in `path`, and calls `live` with each block. Throws `Unusable` for damage: a checksum, a missing block, sums that do not fit. May end the process. */
export async function scan(path: string, live: () => void = () => {}): Promise<Scan> {
  const store = new Store(path)
  try {
    const bytes = await store.readTally()
    const tally = bytes && readTally(bytes)
    const blocks = await scanBlocks(store, tally?.holes ?? [], live)
    if (blocks.count + (bytes ? 1 : 0) !== store.entries || (!bytes && blocks.count > 0)) {
      throw new Unusable('it is damaged: its file is cut off')
    }
    const held = tally ? heldBy(tally) : 0
    const next = tally?.next ?? 1
    if (blocks.messages !== held) {
      throw new Unusable(`it is damaged: its sums say ${held} messages, its blocks hold ${blocks.messages}`)
    }
    const { count: _, ...found } = blocks
    return { ...found, first: blocks.first ?? next, next, tally: withPassed(tally, readPassed(path)) }
  } finally {
    await store.close()
  }
}

async function scanBlocks(store: Store, holes: readonly Keys[], live: () => void) {
  const counts = new Counts()
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

class Counts {
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
