/** The directory of a lane: where it is, whether it can be used, and how to say that it cannot. */
import { constants, existsSync, readdirSync } from 'node:fs'
import { access, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Unusable } from '../../errors.ts'
import { errorCode } from '../../lib/error-code.ts'
import { LEAST_FILE_BYTES } from './room.ts'

/** Name of LMDB's file in the folder of a lane. */
export const FILE = 'data.mdb'

/** Where the lane of a feed is. */
export function folderOf(laneDir: string, feed: string): string {
  return join(laneDir, feed)
}

/** Names of the feeds that have a lane in `laneDir`, sorted; none when it does not exist. Throws `Unusable` when it cannot be read. */
export function feedsIn(laneDir: string): string[] {
  try {
    return readdirSync(laneDir)
      .filter((name) => hasLane(join(laneDir, name)))
      .sort()
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return []
    throw new Unusable(`LANE_DIR ${laneDir} cannot be read (${errorCode(error)}); check the path and its permissions`, {
      cause: error,
    })
  }
}

export function hasLane(folder: string): boolean {
  return existsSync(join(folder, FILE))
}

/** Makes the directory where there is none. Throws `Unusable` when nothing can be written into it. */
export async function makeWritable(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o750 }).catch((error: unknown) => reasonOf(error, folder))
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK)
    if (hasLane(folder)) return
    // LMDB maps its files, and a disk without room for them ends the process.
    const trial = join(folder, 'trial')
    await writeFile(trial, Buffer.alloc(LEAST_FILE_BYTES))
    await rm(trial)
  } catch (error) {
    const cure =
      errorCode(error) === 'ENOSPC'
        ? 'make room on the disk'
        : 'make it writable for this user, or choose another LANE_DIR'
    throw new Unusable(`it cannot be written to (${errorCode(error)}); ${cure}`, { cause: error })
  }
}

/** Node says ENOENT of a read-only disk where it should make more than one directory: throws what one alone meets. */
async function reasonOf(error: unknown, folder: string): Promise<never> {
  if (errorCode(error) === 'ENOENT') await mkdir(folder)
  throw error
}

/** `error` as a sentence about the lane of `feed`, with the cure for one that is damaged. */
export function unusable(feed: string, folder: string, error: unknown): Unusable {
  const problem = error instanceof Error ? error.message : String(error)
  const cure = problem.includes('damaged')
    ? `. What can be read of it is saved by: tributary lane export ${feed}; it is given up by: tributary lane discard ${feed} --yes`
    : ''
  return new Unusable(`the lane of feed ${feed} in ${folder} cannot be used: ${problem.slice(0, 300)}${cure}`, {
    cause: error,
  })
}
