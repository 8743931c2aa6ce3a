/** Whether the files of an open lane are where the next start will look for them: a directory can be removed, moved, replaced or unmounted under the daemon. */
import { statSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
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

/** Of one lane that is open. */
export class Presence {
  readonly #path: string
  readonly #names: () => readonly string[]
  readonly #more: () => Promise<string | undefined>
  #file: Identity | undefined
  #problem: string | undefined
  #looking: Promise<string | undefined> | undefined

  /** `path` is the file that tells this lane from others, `names` are those of the files that must be beside it; `more` is asked once all are there: it resolves to a sentence when something else is not well, and never rejects. */
  constructor(path: string, names: () => readonly string[], more: () => Promise<string | undefined>) {
    this.#path = path
    this.#names = names
    this.#more = more
  }

  /** Call it as soon as the file is open. Throws when it is gone already. */
  begin(): void {
    this.#file = identityOf(this.#path)
  }

  /** What the last look has found, as a sentence with the cure; undefined when all is well. */
  get problem(): string | undefined {
    return this.#problem
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
      const before = new Set(this.#names())
      const there = new Set(await readdir(folder))
      // What came or went meanwhile is not missed.
      if (this.#names().some((name) => before.has(name) && !there.has(name))) return goneFrom(folder)
    } catch (error) {
      const code = errorCode(error)
      if (code === 'ENOENT' || code === 'ENOTDIR') return goneFrom(folder)
      return `${folder} cannot be reached (${code}); ${CURE}`
    }
    return this.#more()
  }
}

const CURE = 'bring them back, or restart the daemon, which delivers what it can before it ends'

function goneFrom(folder: string): string {
  return `its files are gone from ${folder}; ${CURE}`
}
