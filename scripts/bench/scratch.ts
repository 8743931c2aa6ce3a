/** The files of one round: URLs, log, lane. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EXIT, Failure } from '../lib/failure.ts'
import { benchFolder } from './build.ts'
import type { Lane } from './contenders.ts'

const MEMORY_DISK = '/dev/shm'

/** Files of a round. The log stays for people when the round fails. */
export interface Scratch {
  readonly urlsFile: string
  readonly logFile: string
  /** Empty; on the disk of the bench's folder, or in memory. */
  readonly laneDir: string
  forgetLog(): void
  remove(): void
}

/** Makes them. Throws `Failure` where there is no disk in memory and the lane wants one. */
export function makeScratch(name: string, lane: Lane, urls: readonly string[]): Scratch {
  const base = lane === 'tmpfs' ? MEMORY_DISK : benchFolder()
  if (!existsSync(base)) {
    throw new Failure(`there is no ${base}`, { cure: 'Leave :tmpfs out.', code: EXIT.configuration })
  }
  const logFile = join(benchFolder(), `${name}.log`)
  const folder = mkdtempSync(join(base, 'bench-'))
  const [urlsFile, laneDir] = [join(folder, 'urls'), join(folder, 'lane')]
  mkdirSync(laneDir)
  writeFileSync(urlsFile, `${urls.join('\n')}\n`)
  return {
    urlsFile,
    logFile,
    laneDir,
    forgetLog: () => rmSync(logFile, { force: true }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
