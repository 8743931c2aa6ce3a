/**
 * Detects whether the files of an open lane are still at their path. A directory can be removed, moved, replaced or
 * unmounted under the daemon.
 */
import { statSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { within } from '../../lib/deadline.ts'
import { errorCode } from '../../lib/error-code.ts'

/** How long to wait for a check, in milliseconds. */
const LOOK_WAIT_MS = 500

/** Identifies a file: its file system and inode. */
export interface Identity {
  readonly dev: bigint
  readonly ino: bigint
}

/** Throws errors of the file system, such as ENOENT. */
export function fileIdentity(path: string): Identity {
  return statSync(path, { bigint: true })
}

/** Whether `path` leads to `file`. Rejects with errors of the file system. */
export async function leadsTo(path: string, { dev, ino }: Identity): Promise<boolean> {
  const found = await stat(path, { bigint: true })
  return found.dev === dev && found.ino === ino
}

/** Checks another file of a lane. Resolves to a sentence if there is a problem. Never rejects. */
export type FileCheck = () => Promise<string | undefined>

/** The presence of one open file. */
export class Presence {
  readonly #path: string
  readonly #looks: readonly FileCheck[]
  #file: Identity | undefined
  #problem: string | undefined
  #isGivenUp = false
  #looking: Promise<string | undefined> | undefined

  /** `looks` run after the file itself was found. */
  constructor(path: string, looks: readonly FileCheck[] = []) {
    this.#path = path
    this.#looks = looks
  }

  /** Call as soon as the file is open. Throws if the file is already gone. */
  begin(): void {
    this.#file = fileIdentity(this.#path)
  }

  /** The problem found by the last check, as a sentence with the cure; undefined if there is none. */
  get problem(): string | undefined {
    return this.#problem
  }

  /** Whether the open file may be written and reopened: the file is present, or `giveUp` was called. */
  get isWritable(): boolean {
    return this.#problem === undefined || this.#isGivenUp
  }

  /** Allows writes to the open file even if it was removed: its messages will still be delivered or counted. */
  giveUp(): void {
    this.#isGivenUp = true
  }

  /**
   * Checks now and returns whether all files are present. Waits at most 500 ms; a slow file system leaves the last
   * result unchanged. Never rejects.
   */
  async look(): Promise<boolean> {
    // Only one check runs at a time: each hanging check occupies a thread.
    this.#looking ??= this.#find().finally(() => {
      this.#looking = undefined
    })
    const found = this.#looking.then((problem) => {
      this.#problem = problem
    })
    await within(found, LOOK_WAIT_MS, () => new Error('late')).catch(() => {})
    return this.#problem === undefined
  }

  async #find(): Promise<string | undefined> {
    const folder = dirname(this.#path)
    try {
      if (this.#file && !(await leadsTo(this.#path, this.#file)))
        return `other files have taken the place of its own in ${folder}; ${PRESENCE_CURE}`
    } catch (error) {
      const code = errorCode(error)
      if (code === 'ENOENT' || code === 'ENOTDIR') return `its files are gone from ${folder}; ${PRESENCE_CURE}`
      return `${folder} cannot be reached (${code}); ${PRESENCE_CURE}`
    }
    for (const look of this.#looks) {
      const problem = await look()
      if (problem !== undefined) return problem
    }
    return undefined
  }
}

const PRESENCE_CURE = 'bring them back, or restart the daemon, which delivers what it can before it ends'
