/** Can the lanes on disk be opened? */
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Config } from '../config/types.ts'
import { Unusable } from '../errors.ts'
import { GAP_FEED } from '../gaps/record.ts'
import { folderOf, hasLane, unusable } from '../lane/disk/folder.ts'
import { inspect } from '../lane/disk/inspect.ts'
import { leftOver } from '../lane/disk/left-over.ts'
import { lock, lockPath, tooLongBy } from '../lane/disk/lock.ts'
import { errorCode } from '../lib/error-code.ts'
import { settingName } from '../lib/setting-names.ts'
import type { Finding } from './finding.ts'

/**
 * Locks and reads each lane as the daemon does before it opens one, and lets go of it; where there is none yet, tries whether one
 * could be made. `isRunning`: a daemon runs here, so that a lane in use is no surprise. No finding without LANE_DIR.
 */
export async function checkLanes(
  { lane: { directory }, feeds, names }: Config,
  isRunning: boolean,
): Promise<Finding[]> {
  if (directory === undefined) return []
  const setting = settingName(names, 'LANE_DIR')
  const own = [...feeds.map(({ name }) => name), GAP_FEED]
  const found = await Promise.all(own.map((feed) => problemOf(directory, feed)))
  const problems = [...new Set(found.flatMap((problem) => problem ?? []))]
  const verdict = isRunning ? 'note' : 'wrong'
  const findings = problems.map((detail): Finding => ({ label: 'lanes', verdict, detail, setting }))
  if (problems.length === 0) findings.push({ label: 'lanes', verdict: 'ok', detail: `${directory} can be used` })
  const others = problems.length === 0 && existsSync(directory) ? await leftOver(directory, own) : []
  return [...findings, ...others.map((detail): Finding => ({ label: 'lanes', verdict: 'note', detail, setting }))]
}

/** A sentence with the cure; undefined when the lane of `feed` can be opened. */
async function problemOf(directory: string, feed: string): Promise<string | undefined> {
  const folder = folderOf(directory, feed)
  try {
    lockPath(folder)
    await tryOut(folder)
    if (hasLane(folder)) await read(folder)
    return undefined
  } catch (error) {
    if (error instanceof Unwritable) return error.message
    return unusable(feed, folder, error).message
  }
}

async function read(folder: string): Promise<void> {
  const held = await lock(folder)
  try {
    await inspect(folder)
  } finally {
    await held.release()
  }
}

/** The same for all lanes, so it names none. */
class Unwritable extends Unusable {}

/** Makes a directory, locks it, and leaves nothing behind: the daemon makes what is missing. */
async function tryOut(folder: string): Promise<void> {
  const place = existing(folder)
  try {
    const trial = await mkdtemp(join(place, '.check-'))
    try {
      if (tooLongBy(trial) <= 0) await (await lock(trial)).release()
    } finally {
      await rm(trial, { recursive: true })
    }
  } catch (error) {
    if (error instanceof Unusable) throw error
    const cure = 'make it writable for this user, or choose another directory'
    throw new Unwritable(`${place} cannot be written to (${errorCode(error)}); ${cure}`, { cause: error })
  }
}

function existing(path: string): string {
  const parent = dirname(path)
  return existsSync(path) || parent === path ? path : existing(parent)
}
