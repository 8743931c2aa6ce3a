/** One process at a time: a lock file that holds the owner's pid, so that a dead owner's lock is no lock. */
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { until } from '../lib/until.ts'

const PATIENCE_MS = 15 * 60_000

/** Runs `work` while holding `path`; waits for another live holder (calling `waiting` once with its pid). */
export async function withLock<T>(path: string, work: () => Promise<T>, waiting: (pid: number) => void): Promise<T> {
  let told = false
  await until(
    () => {
      if (take(path)) return true
      const pid = holder(path)
      if (pid === undefined) rmSync(path, { force: true })
      else if (!told) waiting(pid)
      told ||= pid !== undefined
      return false
    },
    { what: `the lock ${path}`, timeoutMs: PATIENCE_MS, intervalMs: 200 },
  )
  try {
    return await work()
  } finally {
    rmSync(path, { force: true })
  }
}

/** Links a file that already holds our pid, so that nobody ever reads a lock without one. */
function take(path: string): boolean {
  const mine = `${path}.${process.pid}`
  writeFileSync(mine, String(process.pid))
  try {
    linkSync(mine, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return false
  } finally {
    rmSync(mine, { force: true })
  }
}

/** The live process that holds the lock, if there is one. */
function holder(path: string): number | undefined {
  try {
    const pid = Number(readFileSync(path, 'utf8'))
    return isAlive(pid) ? pid : undefined
  } catch {
    return undefined
  }
}

/** Whether a process of this id runs (or is one that we may not signal). */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
