/** Notices changes of files by polling, which works for replaced links and on any file system. */
import { stat } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'

const WATCH_EVERY_MS = 1_000

/** Polls files until stopped. */
export class FileWatch {
  readonly #changed: () => void
  readonly #everyMs: number
  #paths: readonly string[] = []
  #known: string | undefined
  #seen: string | undefined
  #timer: NodeJS.Timeout | undefined
  #isStopped = false

  /**
   * Calls `changed` once per change, when two polls in a row agree: a file still being written is not reported.
   * Polls every `everyMs` milliseconds.
   */
  constructor(changed: () => void, everyMs = WATCH_EVERY_MS) {
    this.#changed = changed
    this.#everyMs = everyMs
  }

  /** Sets the files to watch. When the list changes, their present state is the new baseline. Waits for the first poll. */
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

  /** Polls now, and schedules the next poll. Polls files one by one, so that a hung file system blocks one thread. Never rejects. */
  async look(): Promise<void> {
    const paths = this.#paths
    const prints: string[] = []
    for (const path of paths) prints.push(await printOf(path))
    const print = prints.join('\n')
    // The list changed meanwhile: the poll of the new list continues.
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

/** A fingerprint of a file; empty for a missing or unreadable one. */
async function printOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs } = await stat(path, { bigint: true })
    return `${dev} ${ino} ${size} ${mtimeNs}`
  } catch {
    return ''
  }
}
