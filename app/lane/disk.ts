/** Opens a feed's lane in a directory: locks it, looks whether it is whole, and takes up what is in it. */
import { join } from 'node:path'
import { Unusable } from '../errors.ts'
import type { Lane } from '../model.ts'
import { FILE, folderOf, makeWritable, unusable } from './disk/folder.ts'
import { inspect } from './disk/inspect.ts'
import { DiskLane } from './disk/lane.ts'
import { type Lock, lock } from './disk/lock.ts'
import type { Opened } from './disk/opened.ts'
import { PassedFile } from './disk/passed-file.ts'
import { Presence } from './disk/presence.ts'
import { isFull } from './disk/room.ts'
import { Store } from './disk/store.ts'
import { Tally } from './disk/tally.ts'
import type { LaneOptions } from './index.ts'
import { Numbers } from './numbers.ts'

/** Waits until all of it is read, unless `signal` aborts. Throws `Unusable`, naming the directory, what is wrong with it and the cure. */
export async function diskLane(options: LaneOptions): Promise<Lane> {
  const { directory, feed, emit, signal } = options
  if (directory === undefined) throw new Unusable('a lane on disk needs a LANE_DIR')
  const folder = folderOf(directory, feed)
  let held: Lock | undefined
  try {
    await makeWritable(folder)
    held = await lock(folder)
    const found = await inspect(folder, signal)
    const passed = new PassedFile(folder)
    const presence = new Presence(join(folder, FILE), [held.look, () => passed.look()])
    const store = new Store(folder, presence)
    presence.begin()
    await store.reserve().catch(unlessFull)
    const tally = new Tally(options.ledger, found.tally)
    const numbers = new Numbers(found.tally?.numbers, found.numberedTo)
    const opened = { folder, lock: held, store, passed, presence, tally, numbers, found }
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

/** A lane that was there before starts on a full disk, too: reading from it makes room. */
function unlessFull(error: unknown): void {
  if (!isFull(error)) throw error
}

/**
 * Writes the lane's id, and its running numbers ahead of their use. Until it is written, nothing leaves the lane that is not on the
 * disk, so one that takes nothing now is told of later. Throws `Unusable` when the process must not go on.
 */
async function writeAhead({ store, tally, numbers, found }: Opened): Promise<void> {
  const { ahead } = numbers
  try {
    const sums = tally.write(found.next, found.tally?.holes ?? [], 0, ahead)
    await store.commit({ blocks: [], forget: [], tally: sums })
    numbers.written(ahead)
  } catch (error) {
    if (error instanceof Unusable) throw error
  }
}
