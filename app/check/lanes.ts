/** Can the lanes on disk be opened? */
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Unusable } from '../errors.ts'
import { GAP_FEED } from '../gaps/record.ts'
import type { Config } from '../kinds.ts'
import { folderOf, hasLane, unusable } from '../lane/disk/folder.ts'
import { inspect } from '../lane/disk/inspect.ts'
import { leftOver } from '../lane/disk/left-over.ts'
import { LaneInUse, lock, lockPath, tooLongBy } from '../lane/disk/lock.ts'
import { errorCode } from '../lib/error-code.ts'
import { settingName } from '../lib/setting-names.ts'
import type { Finding } from './finding.ts'
import { limit } from './limit.ts'

/** Each lane is read by a process of its own. */
const AT_ONCE = 4

interface Problem {
  readonly text: string
  readonly isInUse: boolean
}

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
  const limited = limit(AT_ONCE)
  const found = await Promise.all(own.map((feed) => limited(() => problemOf({ directory, setting }, feed))))
  const verdicts = new Map<string, Finding['verdict']>()
  for (const problem of found) {
    if (problem) verdicts.set(problem.text, isRunning && problem.isInUse ? 'note' : 'wrong')
  }
  if (verdicts.size === 0) verdicts.set(`${directory} can be used`, 'ok')
  const isUsable = existsSync(directory) && ![...verdicts.values()].includes('wrong')
  if (isUsable) for await (const text of leftOver(directory, own)) verdicts.set(text, 'note')
  return [...verdicts].map(([detail, verdict]) => ({ label: 'lanes', verdict, detail, setting }))
}

/** Where lanes are, and the setting that says so. */
interface Where {
  readonly directory: string
  readonly setting: string
}

/** Why the lane of `feed` cannot be opened, with the cure; undefined when it can. */
async function problemOf({ directory, setting }: Where, feed: string): Promise<Problem | undefined> {
  const folder = folderOf(directory, feed)
  try {
    lockPath(folder)
    await tryOut(folder, `${setting} ${directory}`)
    if (hasLane(folder)) await read(folder)
    return undefined
  } catch (error) {
    const { message: text } = error instanceof Unwritable ? error : unusable(feed, folder, error)
    return { text, isInUse: error instanceof LaneInUse }
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

/** Makes a directory, locks it, and leaves nothing behind: the daemon makes what is missing. `called`: LANE_DIR as it was given. */
async function tryOut(folder: string, called: string): Promise<void> {
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
    throw new Unwritable(`${called} cannot be used: ${place} cannot be written to (${errorCode(error)}); ${cure}`, {
      cause: error,
    })
  }
}

function existing(path: string): string {
  const parent = dirname(path)
  return existsSync(path) || parent === path ? path : existing(parent)
}
