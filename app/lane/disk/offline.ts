/** Lanes on disk without a daemon: what is in them, their messages one by one, and how to get rid of one. */
import { rm } from 'node:fs/promises'
import { Unusable } from '../../errors.ts'
import type { Message } from '../../model.ts'
import { sourceFinder } from '../sources.ts'
import { feedsIn, folderOf, hasLane, unusable } from './folder.ts'
import { lock } from './lock.ts'
import { inspect } from './opened.ts'
import type { Scan } from './scan.ts'

/** One lane as it is now; `problem` is a sentence where it cannot be used. */
export interface LaneSummary {
  readonly feed: string
  readonly scan: Pick<Scan, 'messages' | 'bytes' | 'oldestReceivedAt'> | undefined
  readonly problem: string
}

/** Looks into every lane of `laneDir`, by the name of its feed. Throws `Unusable` when `laneDir` cannot be read. */
export async function listLanes(laneDir: string): Promise<LaneSummary[]> {
  const summaries: LaneSummary[] = []
  for (const feed of feedsIn(laneDir)) {
    try {
      const scan = await locked(laneDir, feed, (folder) => inspect(folder))
      summaries.push({ feed, scan, problem: '' })
    } catch (error) {
      summaries.push({ feed, scan: undefined, problem: error instanceof Error ? error.message : String(error) })
    }
  }
  return summaries
}

/**
 * Hands every message of a lane to `take`, in order, and returns a sentence where some of it cannot be read.
 * The lane stays as it is. Throws `Unusable`, also when a daemon uses it, and where nothing can be read of it.
 */
export function exportLane(
  laneDir: string,
  feed: string,
  take: (message: Message) => Promise<void>,
): Promise<string | undefined> {
  return locked(laneDir, feed, async (folder) => {
    const { damage } = await inspect(folder, {
      sourceOf: sourceFinder(feed, []),
      take: async (messages) => {
        for (const message of messages) await take(message)
      },
    })
    return damage
  })
}

/** Removes a lane with all it holds. Throws `Unusable`, also when a daemon uses it. */
export function discardLane(laneDir: string, feed: string): Promise<void> {
  return locked(laneDir, feed, (folder) => rm(folder, { recursive: true }))
}

async function locked<T>(laneDir: string, feed: string, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = folderOf(laneDir, feed)
  // A dot is in the names of internal feeds.
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
