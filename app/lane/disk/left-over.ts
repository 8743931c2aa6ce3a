/** Lanes of feeds that are configured no longer: kept, and said at each start. */
import { feedsIn, folderOf } from './folder.ts'
import { inspect } from './inspect.ts'
import { lock } from './lock.ts'

/** A sentence for each lane in `laneDir` that belongs to none of `feeds` and holds something, until `signal` aborts. Throws `Unusable` when `laneDir` cannot be read. */
export async function* leftOver(
  laneDir: string,
  feeds: readonly string[],
  signal?: AbortSignal,
): AsyncGenerator<string> {
  for (const feed of feedsIn(laneDir).filter((name) => !feeds.includes(name))) {
    const holds = await contentOf(folderOf(laneDir, feed), signal)
    if (signal?.aborted) return
    if (holds === undefined) continue
    yield `LANE_DIR holds a lane of ${feed}, which is not a configured feed: ${holds}. It is kept; see tributary lane list, export and discard.`
  }
}

/** Undefined when it is empty. */
async function contentOf(folder: string, signal: AbortSignal | undefined): Promise<string | undefined> {
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
