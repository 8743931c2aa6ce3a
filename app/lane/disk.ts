/** Opens a feed's lane on disk: locks its folder, checks its file and restores its content. */
import { join } from 'node:path'
import { Unusable } from '../errors.ts'
import type { Lane } from '../model.ts'
import { BypassCounts } from './disk/bypass-counts.ts'
import { isFull } from './disk/file-space.ts'
import { FILE, folderOf, makeWritable, unusable } from './disk/folder.ts'
import { inspect } from './disk/inspect.ts'
import { DiskLane } from './disk/lane.ts'
import { type Lock, lock } from './disk/lock.ts'
import type { OpenLane } from './disk/opened.ts'
import { Presence } from './disk/presence.ts'
import { SavedCounts } from './disk/saved-counts.ts'
import { Store } from './disk/store.ts'
import type { LaneOptions } from './index.ts'
import { Numbers } from './numbers.ts'

/**
 * Waits for a full read of the file, unless `signal` aborts. Throws `Unusable` with the folder, the problem and the
 * cure.
 */
export async function diskLane(options: LaneOptions): Promise<Lane> {
  const { directory, feed, emit, signal } = options
  if (directory === undefined) throw new Unusable('a lane on disk needs a LANE_DIR')
  const folder = folderOf(directory, feed)
  let held: Lock | undefined
  try {
    await makeWritable(folder)
    held = await lock(folder)
    const found = await inspect(folder, signal)
    const bypassed = new BypassCounts(folder)
    const presence = new Presence(join(folder, FILE), [held.look, () => bypassed.look()])
    const store = new Store(folder, presence)
    presence.begin()
    await store.reserve().catch(unlessFull)
    const counts = new SavedCounts(options.ledger, found.counts)
    const numbers = new Numbers(found.counts?.numbers, found.numberedTo)
    const opened = { folder, lock: held, store, bypassed, presence, counts, numbers, found }
    await writeAhead(opened)
    const lane = new DiskLane(options, opened)
    const { messages, bytes, oldestReceivedAt } = found
    if (messages > 0) emit({ type: 'lane.restored', feed, messages, bytes, oldestReceivedAt })
    return lane
  } catch (error) {
    await held?.release()
    signal?.throwIfAborted()
    throw unusable(feed, folder, error)
  }
}

/** An existing lane also starts on a full disk, because delivery frees space. */
function unlessFull(error: unknown): void {
  if (!isFull(error)) throw error
}

/**
 * Writes the lane's id and reserves running numbers. Until a write succeeds, no message bypasses the disk, therefore
 * failures are ignored here and reported with the first append. Throws `Unusable` if the process must not continue.
 */
async function writeAhead({ store, counts, numbers, found }: OpenLane): Promise<void> {
  const { ahead } = numbers
  try {
    const sums = counts.write(found.next, found.counts?.holes ?? [], 0, ahead)
    await store.commit({ blocks: [], forget: [], counts: sums })
    numbers.written(ahead)
  } catch (error) {
    if (error instanceof Unusable) throw error
  }
}
