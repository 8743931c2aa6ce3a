/** One LMDB environment: blocks with ascending keys, and the saved counts. */
import { join } from 'node:path'
import { Unusable } from '../../errors.ts'
import { sleep } from '../../lib/sleep.ts'
import { Turns } from '../../lib/turns.ts'
import {
  COUNTS_KEY,
  closeAtOnce,
  type Database,
  isOverrun,
  openDatabase,
  pagesOf,
  reasonOf,
  run,
  type Transaction,
  visible,
} from './environment.ts'
import { FileSpace } from './file-space.ts'
import { FILE } from './folder.ts'
import type { Presence } from './presence.ts'

/** Mapped pages count as resident memory. The environment is reopened after these many bytes read or written. */
const MAPPED_LIMIT_BYTES = 32 * 1024 * 1024
const WRITTEN_LIMIT_BYTES = 64 * 1024 * 1024
/** Delay between attempts to reopen for a reader, in milliseconds. */
const RETRY_MS = 250

/** After a failed transaction, the next transaction reopens the environment. */
export class Store {
  readonly #path: string
  readonly #presence: Presence | undefined
  readonly #space: FileSpace
  readonly #turns = new Turns()
  #database: Database | undefined
  #failed = false
  /** LMDB overran its memory, therefore nothing may be freed. */
  #isHarmed = false
  #mapped = 0
  #written = 0
  #writing: Promise<unknown> = Promise.resolve()

  /**
   * Throws lmdb's errors. A damaged file may end the process: see inspect.ts. `presence` is checked before any write
   * or reopen.
   */
  constructor(path: string, presence?: Presence) {
    this.#path = path
    this.#presence = presence
    this.#space = new FileSpace(join(path, FILE))
    this.#open()
  }

  /**
   * Runs one transaction at a time. Resolves when it is flushed to disk or, with `until` = `commit`, as soon as
   * readers see it.
   * Rejects if the disk is full, failing or gone. The transaction then does not count, but may still be visible.
   * Rejects with `Unusable` if the process must not continue.
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

  /** Allocates the initial size of a lane. Rejects if the disk is full or failing. */
  reserve(): Promise<void> {
    return this.#turns.run(() => this.#space.reserve())
  }

  /** The bytes of a block; undefined if there is none. Waits while the environment is reopened. */
  async read(key: number): Promise<Buffer | undefined> {
    while (!this.#database || (this.#mapped > MAPPED_LIMIT_BYTES && (await this.#isThere()))) {
      await this.#turns.run(() => this.#renew()).catch(() => sleep(RETRY_MS))
    }
    const bytes = this.#database.getBinary(key)
    this.#mapped += bytes?.length ?? 0
    return bytes
  }

  /** Expected number of entries, including the saved counts. */
  get entries(): number {
    const stats = this.#database?.getStats() as { entryCount?: number } | undefined
    return stats?.entryCount ?? 0
  }

  async readCounts(): Promise<Buffer | undefined> {
    return this.#database?.getBinary(COUNTS_KEY)
  }

  /** Keys of all blocks, ascending. */
  keys(): number[] {
    const keys = this.#database?.getKeys({ start: 0, end: Number.MAX_SAFE_INTEGER }) ?? []
    return [...(keys as Iterable<number>)]
  }

  /** Waits for the running transaction. */
  close(): Promise<void> {
    return this.#turns.run(async () => {
      await this.#shut()
      await this.#space.close()
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
      await this.#space.probe()
      await this.#mustBeThere()
      await this.#shut()
    }
    if (this.#written > WRITTEN_LIMIT_BYTES && (await this.#isThere())) await this.#shut()
    const database = this.#database ?? this.#open()
    const sizes = transaction.blocks.map(({ bytes }) => bytes.length)
    for (const size of sizes) this.#written += size
    await this.#space.ensure(sizes, pagesOf(database))
    const written = run(database, transaction)
    this.#writing = written
    const ended = (): void => this.#space.committed(sizes)
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

  /** LMDB would create a new file in place of a missing file. */
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
