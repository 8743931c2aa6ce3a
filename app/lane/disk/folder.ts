/** The folder of a lane: its path, checks whether it can be used, and texts for the failures. */
import { constants, existsSync, readdirSync } from 'node:fs'
import { access, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Unusable } from '../../errors.ts'
import { errorCode } from '../../lib/error-code.ts'
import { makeDirectory } from '../../lib/make-directory.ts'
import { aside, Silent } from './aside.ts'
import { LEAST_FILE_BYTES } from './file-space.ts'

/** Name of LMDB's file in a lane's folder. */
export const FILE = 'data.mdb'

/** Time limit for the trial of LANE_DIR at the start, in milliseconds. */
const TRIAL_MS = 10_000

/** Path of a feed's lane. */
export function folderOf(laneDir: string, feed: string): string {
  return join(laneDir, feed)
}

/**
 * Names of the feeds with a lane in `laneDir`, sorted; empty if the directory does not exist. Throws `Unusable` if the
 * directory cannot be read.
 */
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

/** Creates the folder of a lane if needed. Throws `Unusable` if the folder is not writable. */
export async function makeWritable(folder: string): Promise<void> {
  try {
    await reach(folder)
    // LMDB maps its files; a disk without room for the mapped pages ends the process.
    if (!hasLane(folder)) await writeTrial(folder, LEAST_FILE_BYTES)
  } catch (error) {
    throw cannotBeWritten('it', folder, error)
  }
}

/** Creates LANE_DIR if needed and writes a trial file. Throws `Unusable` with the cure. May block for ever. */
export async function tryOut(laneDir: string): Promise<void> {
  try {
    await reach(laneDir)
    await writeTrial(laneDir, 1)
  } catch (error) {
    throw cannotBeWritten(`LANE_DIR ${laneDir}`, laneDir, error)
  }
}

/**
 * Runs `tryOut` in a child process with a time limit. Throws `Unusable` on failure or timeout, and the reason of
 * `signal`.
 */
export async function tryOutAside(laneDir: string, signal?: AbortSignal): Promise<void> {
  const { answer, code } = await aside<{ problem?: string }>('trial', [laneDir], { quietMs: TRIAL_MS, signal }).catch(
    (error: unknown) => {
      if (!(error instanceof Silent)) throw error
      const cure = 'is the disk or the network behind it gone? Repair it, or choose another LANE_DIR'
      throw new Unusable(`LANE_DIR ${laneDir} has not answered for ${TRIAL_MS / 1_000} s; ${cure}`)
    },
  )
  if (answer?.problem !== undefined) throw new Unusable(answer.problem)
  if (!answer) throw new Unusable(`LANE_DIR ${laneDir} could not be tried out (${code})`)
}

async function reach(folder: string): Promise<void> {
  await makeDirectory(folder, 0o750)
  await access(folder, constants.R_OK | constants.W_OK | constants.X_OK)
}

async function writeTrial(folder: string, bytes: number): Promise<void> {
  // A name that no feed can have.
  const trial = join(folder, '.trial')
  await writeFile(trial, Buffer.alloc(bytes), { flush: true })
  await rm(trial, { force: true })
}

function cannotBeWritten(what: string, path: string, error: unknown): Unusable {
  const code = errorCode(error)
  return new Unusable(`${what} cannot be written to (${code}); ${cureOf(code, path)}`, { cause: error })
}

function cureOf(code: string, path: string): string {
  const other = 'choose another LANE_DIR'
  const user = process.getuid?.()
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'make room on the disk'
    case 'EEXIST':
    case 'ENOTDIR':
      return `${other}: a part of that path is no directory`
    case 'ENOENT':
      return `${other}: no directory can be made there`
    case 'EROFS':
      return `make it writable (in a container, mount a volume there), or ${other}`
  }
  if ((code !== 'EACCES' && code !== 'EPERM') || !user) return `make it writable for this user, or ${other}`
  const own = `${user}:${process.getgid?.()}`
  const host = 'on the host, where its directory is mounted into a container'
  return `this process is user ${own}. As root: mkdir -p ${path} && chown -R ${own} ${path} (${host}), or ${other}`
}

/** Turns `error` into an `Unusable` about the lane of `feed`, with the cure for damaged lanes and unknown formats. */
export function unusable(feed: string, folder: string, error: unknown): Unusable {
  const problem = error instanceof Error ? error.message : String(error)
  const cure = cureFor(problem, `it is given up by: tributary lane discard ${feed} --yes`, feed)
  return new Unusable(`the lane of feed ${feed} in ${folder} cannot be used: ${problem.slice(0, 300)}${cure}`, {
    cause: error,
  })
}

function cureFor(problem: string, givenUp: string, feed: string): string {
  if (problem.includes('damaged'))
    return `. What can be read of it is saved by: tributary lane export ${feed}; ${givenUp}`
  return problem.includes('this version cannot read') ? `. The version that wrote it delivers it; ${givenUp}` : ''
}
