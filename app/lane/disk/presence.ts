/** Whether the files of an open lane are where the next start will look for them: a directory can be removed, moved, replaced or unmounted under the daemon. */
import { statSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { within } from '../../lib/deadline.ts'
import { errorCode } from '../../lib/error-code.ts'

/** How long a look is waited for, in milliseconds. */
const PATIENCE_MS = 500

/** Which file a path leads to: its file system and its number there. */
export interface Identity {
  readonly dev: bigint
  readonly ino: bigint
}

/** Throws what the file system says, such as ENOENT. */
export function identityOf(path: string): Identity {
  return statSync(path, { bigint: true })
}

/** Whether `path` leads to `file`. Rejects with what the file system says. */
export async function leadsTo(path: string, { dev, ino }: Identity): Promise<boolean> {
  const found = await stat(path, { bigint: true })
  return found.dev === dev && found.ino === ino
}

/** Looks after something else that belongs to a lane; resolves to a sentence when it is not well. Never rejects. */
export type Look = () => Promise<string | undefined>

/** Of one file that is open. */
export class Presence {
  readonly #path: string
  readonly #looks: readonly Look[]
  #file: Identity | undefined
  #problem: string | undefined
  #isGivenUp = false
  #looking: Promise<string | undefined> | undefined

  /** `looks` are asked once the file is there. */
  constructor(path: string, looks: readonly Look[] = []) {
    this.#path = path
    this.#looks = looks
  }

  /** Call it as soon as the file is open. Throws when it is gone already. */
  begin(): void {
    this.#file = identityOf(this.#path)
  }

  /** What the last look has found, as a sentence with the cure; undefined when all is well. */
  get problem(): string | undefined {
    return this.#problem
  }

  /** Whether the open file may be changed and opened anew: it is there, or it is used to the end although it is not. */
  get isWritable(): boolean {
    return this.#problem === undefined || this.#isGivenUp
  }

  /** From now on the open file is good enough, wherever it is: what is in it will be delivered or counted. */
  giveUp(): void {
    this.#isGivenUp = true
  }

  /** Looks now, and answers whether all is well. Waits half a second at most: a file system that is slow leaves the answer as it was. Never rejects. */
  async look(): Promise<boolean> {
    // One that hangs is not joined by others: each would take a thread.
    this.#looking ??= this.#find().finally(() => {
      this.#looking = undefined
    })
    const found = this.#looking.then((problem) => {
      this.#problem = problem
    })
    await within(found, PATIENCE_MS, () => new Error('late')).catch(() => {})
    return this.#problem === undefined
  }

  async #find(): Promise<string | undefined> {
    const folder = dirname(this.#path)
    try {
      if (this.#file && !(await leadsTo(this.#path, this.#file)))
        return `other files have taken the place of its own in ${folder}; ${CURE}`
    } catch (error) {
      const code = errorCode(error)
      if (code === 'ENOENT' || code === 'ENOTDIR') return `its files are gone from ${folder}; ${CURE}`
      return `${folder} cannot be reached (${code}); ${CURE}`
    }
    for (const look of this.#looks) {
      const problem = await look()
      if (problem !== undefined) return problem
    }
    return undefined
  }
}

const CURE = 'bring them back, or restart the daemon, which delivers what it can before it ends'
