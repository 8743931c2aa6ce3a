/** What lmdb can do and how it fails. The only importer of lmdb. */
import { statfs } from 'node:fs/promises'
import { type Key, open, type RootDatabase } from 'lmdb'
import { sleep } from '../../lib/sleep.ts'
import { isFull, type Pages } from './room.ts'

/** Key of the sums; sorts after every number. */
export const TALLY = 'tally'
/** A disk with less room counts as full, in bytes. */
const FULL_BELOW_BYTES = 1024 * 1024
/** How often a commit is looked for that need not be flushed, in milliseconds. */
const LOOK_MS = 1
/** In how many pieces LMDB's list of free pages lies, mostly. */
const FREE_LIST_PIECES = 6
/** Room that LMDB makes for the words of a failed write; it does not look whether they fit. */
const WORDS_BYTES = 100

/** An open environment. */
export type Database = RootDatabase<Buffer, Key>

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

/** Opens the environment in the directory `path`, made where there is none. Throws what lmdb throws; a damaged file may end the process. */
export function openDatabase(path: string): Database {
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

/** Runs a transaction; resolves when it is flushed. */
export async function run(database: Database, { blocks, forget, tally }: Transaction): Promise<void> {
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

/** Resolves when `key` can be read; rejects when `written` does. */
export async function visible(database: Database, key: number, written: Promise<void>): Promise<void> {
  let over = false
  written.finally(() => (over = true)).catch(() => {})
  while (!over) {
    await sleep(LOOK_MS)
    if (!over && database.doesExist(key)) return
  }
  await written
}

/** For an environment whose transaction failed: lmdb's own `close` waits for a flush that never ends then. */
export function closeAtOnce(database: Database): void {
  // Else a timer ends what was read last, finds it closed, and its error is nobody's.
  database.resetReadTxn()
  environmentOf(database).close()
}

/** The file as the newest transaction left it. */
export function pagesOf(database: Database): Pages {
  const { lastPageNumber } = environmentOf(database).info()
  const { entryCount, overflowPages, ...tree } = environmentOf(database).stat()
  const inTree = tree.treeBranchPageCount + tree.treeLeafPageCount
  const pieces = inTree + Math.min(entryCount, overflowPages) + FREE_LIST_PIECES
  return { end: lastPageNumber + 1, live: inTree + overflowPages, pieces }
}

function environmentOf(database: Database): Environment {
  return (database as unknown as { readonly env: Environment }).env
}

/** Why a transaction failed. A full disk may show as an input/output error of LMDB, which says so of a write that was cut short. */
export async function reasonOf(error: unknown, path: string): Promise<string> {
  const { commitError } = error as { commitError?: Promise<unknown> }
  const cause = commitError ? await commitError.catch((reason: unknown) => reason) : error
  const message = cause instanceof Error ? cause.message : 'unknown'
  if (isOverrun(message) || (cause instanceof Error && 'syscall' in cause && !isFull(cause))) return message
  const { bavail, bsize } = await statfs(path).catch(() => ({ bavail: Number.POSITIVE_INFINITY, bsize: 1 }))
  return isFull(cause) || bavail * bsize < FULL_BELOW_BYTES ? 'the disk is full' : message
}

/** Whether the words of a failed write were longer than LMDB's buffer for them: then its memory is damaged. */
export function isOverrun(message: string): boolean {
  const words = message.indexOf('Attempting to write page')
  return words !== -1 && message.length - words >= WORDS_BYTES
}
