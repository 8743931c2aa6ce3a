/** Lists, exports and discards lanes on disk without a daemon. */
import { rm } from 'node:fs/promises'
import { Unusable } from '../../errors.ts'
import type { Message } from '../../model.ts'
import { sourceFinder } from '../sources.ts'
import { feedsIn, folderOf, hasLane, unusable } from './folder.ts'
import { EndsItsReader, inspect } from './inspect.ts'
import { lock } from './lock.ts'
import { readBlock } from './read-block.ts'
import type { Scan } from './scan.ts'
import { Store } from './store.ts'

/** State of a lane; `problem` is a sentence if the lane cannot be used. */
export interface LaneSummary {
  readonly feed: string
  readonly scan: Pick<Scan, 'messages' | 'bytes' | 'oldestReceivedAt'> | undefined
  readonly problem: string
}

/** Inspects every lane of `laneDir`, sorted by feed. Throws `Unusable` if `laneDir` cannot be read. */
export async function listLanes(laneDir: string): Promise<LaneSummary[]> {
  const summaries: LaneSummary[] = []
  for (const feed of feedsIn(laneDir)) {
    try {
      const scan = await locked(laneDir, feed, inspect)
      summaries.push({ feed, scan, problem: '' })
    } catch (error) {
      summaries.push({ feed, scan: undefined, problem: error instanceof Error ? error.message : String(error) })
    }
  }
  return summaries
}

/**
 * Passes every message of a lane to `take`, in order. Returns the number of unreadable blocks, which are skipped. The
 * lane is not changed.
 * Throws `Unusable`, also while a daemon uses the lane, and for a file too damaged to be mapped.
 */
export function exportLane(laneDir: string, feed: string, take: (message: Message) => Promise<void>): Promise<number> {
  return locked(laneDir, feed, async (folder) => {
    await inspect(folder).catch((error: unknown) => {
      if (error instanceof EndsItsReader) throw error
    })
    const sourceOf = sourceFinder(feed, [])
    const store = new Store(folder)
    let unread = 0
    for (const key of store.keys()) {
      const messages = await readable(store, key, sourceOf)
      if (!messages) unread++
      for (const message of messages ?? []) await take(message)
    }
    await store.close()
    return unread
  })
}

/** Deletes a lane and all its messages. Throws `Unusable`, also while a daemon uses the lane. */
export function discardLane(laneDir: string, feed: string): Promise<void> {
  return locked(laneDir, feed, (folder) => rm(folder, { recursive: true }))
}

async function readable(store: Store, key: number, sourceOf: ReturnType<typeof sourceFinder>) {
  try {
    return readBlock((await store.read(key)) ?? Buffer.alloc(0), key, { sourceOf, isEarlier: true }).messages
  } catch (error) {
    if (error instanceof Unusable) return undefined
    throw error
  }
}

async function locked<T>(laneDir: string, feed: string, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = folderOf(laneDir, feed)
  // Internal feeds have a dot in their names.
  if (!/^\w+(\.\w+)*$/.test(feed) || !hasLane(folder)) {
    throw new Unusable(`there is no lane of feed ${feed} in ${laneDir}; see tributary lane list`)
  }
  try {
    const held = await lock(folder)
    try {
      return await use(folder)
    } finally {
      await held.release()
    }
  } catch (error) {
    throw unusable(feed, folder, error)
  }
}
