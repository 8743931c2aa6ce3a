/** Opens a feed's lane in a directory: locks it, looks whether it is whole, and takes up what is in it. */
import { join } from 'node:path'
import { Unusable } from '../errors.ts'
import type { Lane } from '../model.ts'
import { FILE, folderOf, makeWritable, unusable } from './disk/folder.ts'
import { inspect } from './disk/inspect.ts'
import { DiskLane } from './disk/lane.ts'
import { type Lock, lock } from './disk/lock.ts'
import { PassedFile } from './disk/passed-file.ts'
import { Presence } from './disk/presence.ts'
import { isFull } from './disk/room.ts'
import { Store } from './disk/store.ts'
import type { LaneOptions } from './index.ts'

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
    const lane = new DiskLane(options, { folder, lock: held, store, passed, presence, found })
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
