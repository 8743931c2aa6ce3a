/** Opens a feed's lane in a directory: locks it, looks whether it is whole, and takes up what is in it. */
import { Unusable } from '../errors.ts'
import type { Lane } from '../model.ts'
import { folderOf, makeWritable, unusable } from './disk/folder.ts'
import { DiskLane } from './disk/lane.ts'
import { type Lock, lock } from './disk/lock.ts'
import { convertOld } from './disk/old-lane.ts'
import { openLane } from './disk/opened.ts'
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
    await convertOld(folder, signal)
    const opened = await openLane(folder, held, options)
    const { messages, bytes, oldestReceivedAt } = opened.found
    if (messages > 0) emit({ type: 'lane.restored', feed, messages, bytes, oldestReceivedAt })
    return new DiskLane(options, opened)
  } catch (error) {
    await held?.release()
    signal?.throwIfAborted()
    throw unusable(feed, folder, error)
  }
}
