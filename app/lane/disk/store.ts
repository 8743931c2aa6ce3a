/** One LMDB environment: blocks by ascending key, and the sums. */
import { join } from 'node:path'
import { Unusable } from '../../errors.ts'
import { sleep } from '../../lib/sleep.ts'
import { Turns } from '../../lib/turns.ts'
import {
  closeAtOnce,
  type Database,
  isOverrun,
  openDatabase,
  pagesOf,
  reasonOf,
  run,
  TALLY,
  type Transaction,
  visible,
} from './environment.ts'
import { FILE } from './folder.ts'
import type { Presence } from './presence.ts'
import { Room } from './room.ts'

/** What is read, and what lies beside what is written, is mapped and counts as resident until the environment is opened anew. */
const MAPPED_LIMIT_BYTES = 32 * 1024 * 1024
const WRITTEN_LIMIT_BYTES = 64 * 1024 * 1024
/** Between two tries to open the environment for a reader, in milliseconds. */
const RETRY_MS = 250

/** After a transaction that failed, the next one opens the environment anew. */
export class Store {
  readonly #path: string
  readonly #presence: Presence | undefined
  readonly #room: Room
  readonly #turns = new Turns()
  #database: Database | undefined
  #failed = false
  /** LMDB wrote past its memory: what closing would free may not be freed. */
  #isHarmed = false
  #mapped = 0
  #written = 0
  #writing: Promise<unknown> = Promise.resolve()

  /** Throws what lmdb throws. A damaged file may end the process: see inspect.ts. `presence` is asked before anything is written, or opened anew. */
  constructor(path: string, presence?: Presence) {
    this.#path = path
    this.#presence = presence
    this.#room = new Room(join(path, FILE))
    this.#open()
  }

  /**
   * Runs a transaction, one at a time. Resolves when it is flushed to the disk, or, with `until` = `commit`, as soon as
   * other readers see it. Rejects when the disk is full, failing or gone: then nothing of it counts, but all of it may be
   * there to be seen; with `Unusable` when the process must not go on.
   */
  async commit(transaction: Transaction, until: 'flush' | 'commit' = 'flush'): Promise<void> {
    if (this.#presence?.isWritable === false) await this.#mustBeThere()
    try {
      await this.#turns.run(() => this.#commit(transaction, until))
    } catch (error) {
      const reason = await reasonOf(error, this.#path)
      if (isOverrun(reason)) {
        this.#isHarmed = true
        throw new Unusable('its disk fails, and this process must start anew', { cause: error })
      }
      throw new Error(reason.slice(0, 200), { cause: error })
    }
  }

  /** Takes the room that every lane needs. Rejects when the disk is full, or failing. */
  reserve(): Promise<void> {
    return this.#turns.run(() => this.#room.reserve())
  }

  /** The bytes of a block; undefined when there is none. Waits while the environment is opened anew. */
  async read(key: number): Promise<Buffer | undefined> {
    while (!this.#database || (this.#mapped > MAPPED_LIMIT_BYTES && (await this.#isThere()))) {
      await this.#turns.run(() => this.#renew()).catch(() => sleep(RETRY_MS))
    }
    const bytes = this.#database.getBinary(key)
    this.#mapped += bytes?.length ?? 0
    return bytes
  }

  /** How many entries there should be, the sums included. */
  get entries(): number {
    const stats = this.#database?.getStats() as { entryCount?: number } | undefined
    return stats?.entryCount ?? 0
  }

  async readTally(): Promise<Buffer | undefined> {
    return this.#database?.getBinary(TALLY)
  }

  /** Keys of all blocks, ascending. */
  keys(): number[] {
    const keys = this.#database?.getKeys({ start: 0, end: Number.MAX_SAFE_INTEGER }) ?? []
    return [...(keys as Iterable<number>)]
  }

  /** Waits for the transaction that runs. */
  close(): Promise<void> {
    return this.#turns.run(async () => {
      await this.#shut()
      await this.#room.close()
    })
  }

  async #shut(): Promise<void> {
    await this.#writing.catch(() => {})
    const database = this.#database
    this.#database = undefined
    if (this.#isHarmed) return
    if (database && this.#failed) closeAtOnce(database)
    else await database?.close()
  }

  async #commit(transaction: Transaction, until: 'flush' | 'commit'): Promise<void> {
    await this.#writing.catch(() => {})
    if (this.#failed) {
      await this.#room.probe()
      await this.#mustBeThere()
      await this.#shut()
    }
    if (this.#written > WRITTEN_LIMIT_BYTES && (await this.#isThere())) await this.#shut()
    const database = this.#database ?? this.#open()
    const sizes = transaction.blocks.map(({ bytes }) => bytes.length)
    for (const size of sizes) this.#written += size
    await this.#room.ensure(sizes, pagesOf(database))
    const written = run(database, transaction)
    this.#writing = written
    const ended = (): void => this.#room.committed(sizes)
    written.then(ended, () => {
      this.#failed = true
    })
    const last = transaction.blocks.at(-1)
    if (until === 'flush' || !last) await written
    else await Promise.race([written, visible(database, last.key, written)])
  }

  async #renew(): Promise<void> {
    await this.#mustBeThere()
    await this.#shut()
    this.#open()
  }

  /** Where the file is gone, LMDB would make a new one. */
  async #isThere(): Promise<boolean> {
    return (await this.#presence?.look()) ?? true
  }

  async #mustBeThere(): Promise<void> {
    if (!(await this.#isThere())) throw new Error(this.#presence?.problem)
  }

  #open(): Database {
    const database = openDatabase(this.#path)
    this.#database = database
    this.#failed = false
    this.#mapped = 0
    this.#written = 0
    return database
  }
}
