/** One LMDB environment: blocks by ascending key, and the sums. The only importer of lmdb. */
import { statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { type Key, open, type RootDatabase } from 'lmdb'
import { Unusable } from '../../errors.ts'
import { sleep } from '../../lib/sleep.ts'
import { FILE } from './folder.ts'
import { isFull, type Pages, Room } from './room.ts'

/** Key of the sums; sorts after every number. */
const TALLY = 'tally'
/** What is read, and what lies beside what is written, is mapped and counts as resident until the environment is opened anew. */
const MAPPED_LIMIT_BYTES = 32 * 1024 * 1024
const WRITTEN_LIMIT_BYTES = 64 * 1024 * 1024
/** A disk with less room counts as full, in bytes. */
const FULL_BELOW_BYTES = 1024 * 1024
/** Between two tries to open the environment for a reader, in milliseconds. */
const RETRY_MS = 250
/** How often a commit is looked for that need not be flushed, in milliseconds. */
const LOOK_MS = 1

/** In how many pieces LMDB's list of free pages lies, mostly. */
const FREE_LIST_PIECES = 6
/** Room that LMDB makes for the words of a failed write; it does not look whether they fit. */
const WORDS_BYTES = 100

type Database = RootDatabase<Buffer, Key>

/** What LMDB's own handle can do and its types do not say; none of it begins a transaction. */
interface Environment {
  close(): void
  info(): { readonly lastPageNumber: number }
  stat(): Readonly<Record<'entryCount' | 'treeBranchPageCount' | 'treeLeafPageCount' | 'overflowPages', number>>
}

/** Keys from `from` up to but without `to`. */
export interface Keys {
  readonly from: number
  readonly to: number
}

/** What one transaction changes, all of it or nothing. */
export interface Transaction {
  readonly blocks: readonly { readonly key: number; readonly bytes: Buffer }[]
  readonly forget: readonly Keys[]
  readonly tally: Buffer
}

/** After a transaction that failed, the next one opens the environment anew. */
export class Store {
  readonly #path: string
  readonly #room: Room
  #turn: Promise<unknown> = Promise.resolve()
  #database: Database | undefined
  #failed = false
  /** LMDB wrote past its memory: what closing would free may not be freed. */
  #isHarmed = false
  #mapped = 0
  #written = 0
  #writing: Promise<unknown> = Promise.resolve()

  /** Throws what lmdb throws. A damaged file may end the process: see inspect.ts. */
  constructor(path: string) {
    this.#path = path
    this.#room = new Room(join(path, FILE))
    this.#open()
  }

  /**
   * Runs a transaction, one at a time. Resolves when it is flushed to the disk, or, with `until` = `commit`, as soon as
   * other readers see it. Rejects when the disk is full, or failing: then nothing of it counts, but all of it may be there
   * to be seen; with `Unusable` when the process must not go on.
   */
  async commit(transaction: Transaction, until: 'flush' | 'commit' = 'flush'): Promise<void> {
    try {
      await this.#inTurn(() => this.#commit(transaction, until))
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
    return this.#inTurn(() => this.#room.reserve())
  }

  /** The bytes of a block; undefined when there is none. Waits while the environment is opened anew. */
  async read(key: number): Promise<Buffer | undefined> {
    while (!this.#database || this.#mapped > MAPPED_LIMIT_BYTES) {
      await this.#inTurn(() => this.#renew()).catch(() => sleep(RETRY_MS))
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
    return this.#inTurn(async () => {
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
      await this.#shut()
    }
    if (this.#written > WRITTEN_LIMIT_BYTES) await this.#shut()
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
    await this.#shut()
    this.#open()
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work)
    this.#turn = done.catch(() => {})
    return done
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

function openDatabase(path: string): Database {
  return open<Buffer, Key>({
    path,
    encoding: 'binary',
    noSubdir: false,
    overlappingSync: true,
    separateFlushed: true,
    maxReaders: 16,
    // Batched by the turn, lmdb makes a promise that nobody holds: a failed commit would end the process.
    eventTurnBatching: false,
  })
}

async function run(database: Database, { blocks, forget, tally }: Transaction): Promise<void> {
  // Each promise of a failed batch rejects, and each error has a promise that does; the batch's own speaks for all.
  const unheard = (promise: Promise<unknown>): unknown => promise.catch((error) => error.commitError?.catch(() => {}))
  const batch = database.batch(() => {
    for (const { from, to } of forget) for (let key = from; key < to; key++) unheard(database.remove(key))
    for (const { key, bytes } of blocks) unheard(database.put(key, bytes))
    unheard(database.put(TALLY, tally))
  }) as Promise<boolean> & { readonly flushed: Promise<unknown> }
  unheard(batch)
  await batch
  await batch.flushed
}

/** Resolves when `key` can be read; never when `written` has rejected. */
async function visible(database: Database, key: number, written: Promise<void>): Promise<void> {
  let over = false
  written.finally(() => (over = true)).catch(() => {})
  while (!over) {
    await sleep(LOOK_MS)
    if (!over && database.doesExist(key)) return
  }
  await written
}

/** `close` waits for a flush that never ends after a failure. */
function closeAtOnce(database: Database): void {
  // Else a timer ends what was read last, finds it closed, and its error is nobody's.
  database.resetReadTxn()
  environmentOf(database).close()
}

function pagesOf(database: Database): Pages {
  const { lastPageNumber } = environmentOf(database).info()
  const { entryCount, overflowPages, ...tree } = environmentOf(database).stat()
  const inTree = tree.treeBranchPageCount + tree.treeLeafPageCount
  const pieces = inTree + Math.min(entryCount, overflowPages) + FREE_LIST_PIECES
  return { end: lastPageNumber + 1, live: inTree + overflowPages, pieces }
}

function environmentOf(database: Database): Environment {
  return (database as unknown as { readonly env: Environment }).env
}

/** A full disk may show as an input/output error of LMDB, which says so of a write that was cut short. */
async function reasonOf(error: unknown, path: string): Promise<string> {
  const { commitError } = error as { commitError?: Promise<unknown> }
  const cause = commitError ? await commitError.catch((reason: unknown) => reason) : error
  const message = cause instanceof Error ? cause.message : 'unknown'
  if (isOverrun(message) || (cause instanceof Error && 'syscall' in cause && !isFull(cause))) return message
  const { bavail, bsize } = await statfs(path).catch(() => ({ bavail: Number.POSITIVE_INFINITY, bsize: 1 }))
  return isFull(cause) || bavail * bsize < FULL_BELOW_BYTES ? 'the disk is full' : message
}

/** Whether the words of a failed write were longer than LMDB's buffer for them: then its memory is damaged. */
function isOverrun(message: string): boolean {
  const words = message.indexOf('Attempting to write page')
  return words !== -1 && message.length - words >= WORDS_BYTES
}
