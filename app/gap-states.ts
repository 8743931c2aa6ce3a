/** What must outlive the process to know the gaps of its feeds: read when a feed opens, written while it runs. */
import { join } from 'node:path'
import type { LaneConfig } from './config/types.ts'
import type { Emit } from './events.ts'
import type { Gaps } from './gaps/index.ts'
import { type GapState, readState, writeState } from './gaps/state.ts'
import { folderOf } from './lane/disk/folder.ts'
import { errorCode } from './lib/error-code.ts'
import { sleep } from './lib/sleep.ts'
import { Turns } from './lib/turns.ts'
import type { SourceInfo } from './model.ts'

const STATE_FILE = 'gaps.json'
/** Between two looks at what changed; for each further thousand of sources one more passes until the state is written. */
const TICK_MS = 1_000
const SOURCES_PER_TICK = 1_000
/** Ticks until the state is written though nothing changed: a quiet feed's death shall not look older than this. */
const IDLE_TICKS = 10
/** The longest that a new source waits for the disk before it is dialled. */
const NOTE_MS = 2_000

/** One write at a time; a disk that does not take it is told once, and what it has stays true, if older. */
export class GapStates {
  readonly #lane: Pick<LaneConfig, 'directory' | 'sync'>
  readonly #gaps: Gaps
  readonly #emit: Emit
  readonly #names = new Set<string>()
  #ticks = 0
  #isHeld = false
  #isBusy = false
  /** Writes of one file must not overlap. */
  readonly #turns = new Turns()
  /** Sources that a file has. */
  readonly #noted = new WeakSet<SourceInfo>()
  /** By feed, the next write for sources that it does not have yet. */
  readonly #noting = new Map<string, Promise<void>>()
  #timer: NodeJS.Timeout | undefined

  /** Beside the lanes in `lane.directory`; without one nothing is kept. */
  constructor(lane: Pick<LaneConfig, 'directory' | 'sync'>, gaps: Gaps, emit: Emit) {
    this.#lane = lane
    this.#gaps = gaps
    this.#emit = emit
  }

  /** Declares a feed, whose lane is open, with what an earlier process left of it. */
  async open(name: string, sources: readonly SourceInfo[]): Promise<void> {
    this.#gaps.addFeed(name, sources, await this.#before(name))
    this.#names.add(name)
  }

  /** A feed that was opened does not run after all: what was left of it stays as it is. */
  forget(name: string): void {
    this.#names.delete(name)
    this.#gaps.removeFeed(name)
  }

  /** A feed is over: writes what is known of it for when it comes back. Its lane is still open. */
  async leave(name: string): Promise<void> {
    this.#names.delete(name)
    await this.#turns.run(() => this.#write(name, true)).catch(() => {})
    this.#gaps.removeFeed(name)
  }

  /** Before `source` is dialled: resolves when it is written down, so that a kill leaves a gap of it, or when the disk does not take it in time. Never rejects. */
  async note(source: SourceInfo): Promise<void> {
    const { feed } = source
    if (this.#pathOf(feed) === undefined || this.#noted.has(source)) return
    const noting = this.#noting.get(feed) ?? this.#noteAll(feed)
    this.#noting.set(feed, noting)
    await noting
  }

  /** Writes what is known, and from then on what changes. */
  async begin(): Promise<void> {
    await this.#attempt(() => this.#writeAll(false))
    this.#timer = setInterval(() => void this.#tick(), TICK_MS).unref()
  }

  /** Writes a last time: the process ends because it was told to. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#turns.run(() => this.#writeAll(true)).catch(() => {})
  }

  #pathOf(name: string): string | undefined {
    const { directory } = this.#lane
    return directory && join(folderOf(directory, name), STATE_FILE)
  }

  async #before(name: string): Promise<GapState | undefined> {
    const path = this.#pathOf(name)
    try {
      return path === undefined ? undefined : await readState(path)
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error)
      this.#emit({ type: 'daemon.warned', warning: `${problem}; gaps since the last run are not known` })
      return undefined
    }
  }

  async #write(name: string, stopped: boolean): Promise<void> {
    const path = this.#pathOf(name)
    if (!path) return
    const sources = this.#gaps.tracker.sourcesOf(name)
    await writeState(path, this.#gaps.state(name, stopped), this.#lane.sync === 'flush')
    for (const source of sources) this.#noted.add(source)
  }

  /** One write for all that join in the meantime. */
  async #noteAll(feed: string): Promise<void> {
    const given = new AbortController()
    const written = this.#attempt(async () => {
      this.#noting.delete(feed)
      if (this.#names.has(feed)) await this.#write(feed, false)
    })
    await Promise.race([written, sleep(NOTE_MS, given.signal)])
    given.abort()
  }

  async #writeAll(stopped: boolean): Promise<void> {
    // One may leave meanwhile.
    for (const name of [...this.#names]) if (this.#names.has(name)) await this.#write(name, stopped)
  }

  async #attempt(write: () => Promise<void>): Promise<void> {
    try {
      await this.#turns.run(write)
      this.#isHeld = false
    } catch (error) {
      const warning = `gaps cannot be kept in LANE_DIR (${errorCode(error)}); trying again`
      if (!this.#isHeld) this.#emit({ type: 'daemon.warned', warning })
      this.#isHeld = true
    }
  }

  async #tick(): Promise<void> {
    for (const watch of this.#gaps.sequences.values()) watch.flush()
    const busyTicks = Math.ceil(this.#gaps.tracker.size / SOURCES_PER_TICK)
    if (this.#isBusy || ++this.#ticks < busyTicks) return
    const changed = [...this.#names].filter((name) => this.#gaps.takeChanged(name))
    if (changed.length === 0 && this.#ticks < IDLE_TICKS) return
    this.#isBusy = true
    await this.#attempt(() => this.#writeAll(false))
    this.#isBusy = false
    this.#ticks = 0
  }
}
