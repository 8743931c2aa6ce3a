/** Reports lanes of feeds that are no longer configured. Such lanes stay on disk. */
import { feedsIn, folderOf } from './folder.ts'
import { inspect } from './inspect.ts'
import { lock } from './lock.ts'

/**
 * Yields a sentence for each non-empty lane in `laneDir` that belongs to none of `feeds`, until `signal` aborts.
 * Throws `Unusable` if `laneDir` cannot be read.
 */
export async function* leftOver(
  laneDir: string,
  feeds: readonly string[],
  signal?: AbortSignal,
): AsyncGenerator<string> {
  for (const feed of feedsIn(laneDir).filter((name) => !feeds.includes(name))) {
    const holds = await laneContent(folderOf(laneDir, feed), signal)
    if (signal?.aborted) return
    if (holds === undefined) continue
    yield `LANE_DIR holds a lane of ${feed}, which is not a configured feed: ${holds}. It is kept; see tributary lane list, export and discard.`
  }
}

/** Describes the content of a lane; undefined if the lane is empty. */
async function laneContent(folder: string, signal: AbortSignal | undefined): Promise<string | undefined> {
  try {
    const held = await lock(folder)
    try {
      const { messages } = await inspect(folder, signal)
      return messages === 0 ? undefined : `${messages} messages`
    } finally {
      await held.release()
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
