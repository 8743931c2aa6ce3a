/** Notices that files have changed, by looking at them again and again: that works for links that are replaced and for any file system. */
import { stat } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'

const WATCH_EVERY_MS = 1_000

/** Looks at files until it is stopped. */
export class FileWatch {
  readonly #changed: () => void
  readonly #everyMs: number
  #paths: readonly string[] = []
  #known: string | undefined
  #seen: string | undefined
  #timer: NodeJS.Timeout | undefined
  #isStopped = false

  /**
   * `changed` is called once per change, when two looks in a row have seen the same: a file that is being written is waited for.
   * Between two looks `everyMs` pass.
   */
  constructor(changed: () => void, everyMs = WATCH_EVERY_MS) {
    this.#changed = changed
    this.#everyMs = everyMs
  }

  /** From now on these are the files: as they are now, where they are others than before. Resolves after the first look at them. */
  async follow(paths: readonly string[]): Promise<void> {
    if (this.#isStopped || isDeepStrictEqual(paths, this.#paths)) return
    this.#paths = [...paths]
    this.#known = undefined
    this.#seen = undefined
    await this.look()
  }

  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#timer)
  }

  /** Looks now, and after a while again. One file after the other, so that a file system that hangs holds one thread. Never rejects. */
  async look(): Promise<void> {
    const paths = this.#paths
    const prints: string[] = []
    for (const path of paths) prints.push(await printOf(path))
    const print = prints.join('\n')
    // Where others are followed meanwhile, their own look goes on.
    if (this.#isStopped || paths !== this.#paths) return
    this.#compare(print)
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.look(), this.#everyMs).unref()
  }

  #compare(print: string): void {
    this.#known ??= print
    const isSettled = print === this.#seen
    this.#seen = print
    if (!isSettled || print === this.#known) return
    this.#known = print
    this.#changed()
  }
}

/** What differs when the file does; the same for all that is not there or cannot be looked at. */
async function printOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs } = await stat(path, { bigint: true })
    return `${dev} ${ino} ${size} ${mtimeNs}`
  } catch {
    return ''
  }
}
