/** Notices changes of files by polling, which works for replaced links and on any file system. */
import { stat } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'

const WATCH_EVERY_MS = 1_000

/** Polls files until stopped. */
export class FileWatch {
  readonly #changed: () => void
  readonly #everyMs: number
  #paths: readonly string[] = []
  /** By path, what was told of, or was there first. */
  readonly #known = new Map<string, string>()
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

  /** From now on these are the files: as they are now, where they were not followed before. Resolves after the first look at them. */
  async follow(paths: readonly string[]): Promise<void> {
    if (this.#isStopped || isDeepStrictEqual(paths, this.#paths)) return
    this.#paths = [...paths]
    for (const path of this.#known.keys()) if (!paths.includes(path)) this.#known.delete(path)
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
    // Where others are followed meanwhile, their own look goes on.
    if (this.#isStopped || paths !== this.#paths) return
    this.#compare(prints)
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.look(), this.#everyMs).unref()
  }

  #compare(prints: readonly string[]): void {
    const now = prints.join('\n')
    const isSettled = now === this.#seen
    this.#seen = now
    const changed = [...this.#paths.entries()].filter(([at, path]) => {
      const print = prints[at] ?? ''
      const before = this.#known.get(path)
      if (before === undefined || isSettled) this.#known.set(path, print)
      return before !== undefined && before !== print
    })
    if (isSettled && changed.length > 0) this.#changed()
  }
}

/** A fingerprint of a file; empty for a missing or unreadable one. */
async function printOf(path: string): Promise<string> {
  try {
    // The time of the last change of anything: a copy may keep the time of its content, and permissions count, too.
    const { dev, ino, size, ctimeNs } = await stat(path, { bigint: true })
    return `${dev} ${ino} ${size} ${ctimeNs}`
  } catch {
    return ''
  }
}
