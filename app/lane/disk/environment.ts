/** Wraps lmdb: transactions, page counts and errors. The only importer of lmdb. */
import { statfs } from 'node:fs/promises'
import { type Key, open, type RootDatabase } from 'lmdb'
import { sleep } from '../../lib/sleep.ts'
import { type FilePages, isFull } from './file-space.ts'

/** Key of the saved counts; sorts after all numbers. */
export const COUNTS_KEY = 'tally'
/** A disk with less free space counts as full, in bytes. */
const FULL_BELOW_BYTES = 1024 * 1024
/** How often to poll for an unflushed commit, in milliseconds. */
const VISIBLE_POLL_MS = 1
/** Typical number of pieces that LMDB's list of free pages consists of. */
const FREE_LIST_PIECES = 6
/** Size of LMDB's buffer for the error text of a failed write. LMDB does not check the length. */
const WORDS_BYTES = 100

/** An open environment. */
export type Database = RootDatabase<Buffer, Key>

/** Methods of LMDB's own handle that its types omit. None starts a transaction. */
interface Environment {
  close(): void
  info(): { readonly lastPageNumber: number }
  stat(): Readonly<Record<'entryCount' | 'treeBranchPageCount' | 'treeLeafPageCount' | 'overflowPages', number>>
}

/** Keys from `from` (inclusive) to `to` (exclusive). */
export interface Keys {
  readonly from: number
  readonly to: number
}

/** The changes of one atomic transaction. */
export interface Transaction {
  readonly blocks: readonly { readonly key: number; readonly bytes: Buffer }[]
  readonly forget: readonly Keys[]
  readonly counts: Buffer
}

/**
 * Opens the environment in the directory `path` and creates missing files. Throws lmdb's errors. A damaged file may
 * end the process.
 */
export function openDatabase(path: string): Database {
  return open<Buffer, Key>({
    path,
    encoding: 'binary',
    noSubdir: false,
    overlappingSync: true,
    separateFlushed: true,
    maxReaders: 16,
    // With batching by event turn, lmdb creates a promise without a handler; its rejection would end the process.
    eventTurnBatching: false,
  })
}

/** Runs a transaction. Resolves when the transaction is flushed. */
export async function run(database: Database, { blocks, forget, counts }: Transaction): Promise<void> {
  // After a failed batch each promise rejects, and each error holds another rejecting promise. Only the batch's promise
  // is used.
  const unheard = (promise: Promise<unknown>): unknown => promise.catch((error) => error.commitError?.catch(() => {}))
  const batch = database.batch(() => {
    for (const { from, to } of forget) for (let key = from; key < to; key++) unheard(database.remove(key))
    for (const { key, bytes } of blocks) unheard(database.put(key, bytes))
    unheard(database.put(COUNTS_KEY, counts))
  }) as Promise<boolean> & { readonly flushed: Promise<unknown> }
  unheard(batch)
  await batch
  await batch.flushed
}

/** Resolves when `key` can be read. Rejects when `written` does. */
export async function visible(database: Database, key: number, written: Promise<void>): Promise<void> {
  let over = false
  written.finally(() => (over = true)).catch(() => {})
  while (!over) {
    await sleep(VISIBLE_POLL_MS)
    if (!over && database.doesExist(key)) return
  }
  await written
}

/** Closes an environment after a failed transaction. lmdb's own `close` would wait for ever for a flush. */
export function closeAtOnce(database: Database): void {
  // Otherwise a timer would reset the last read transaction after the close and throw.
  database.resetReadTxn()
  environmentOf(database).close()
}

/** Page counts of the file after the newest transaction. */
export function pagesOf(database: Database): FilePages {
  const { lastPageNumber } = environmentOf(database).info()
  const { entryCount, overflowPages, ...tree } = environmentOf(database).stat()
  const inTree = tree.treeBranchPageCount + tree.treeLeafPageCount
  const pieces = inTree + Math.min(entryCount, overflowPages) + FREE_LIST_PIECES
  return { end: lastPageNumber + 1, live: inTree + overflowPages, pieces }
}

function environmentOf(database: Database): Environment {
  return (database as unknown as { readonly env: Environment }).env
}

/** Describes why a transaction failed. LMDB may report a full disk as an input/output error after a short write. */
export async function reasonOf(error: unknown, path: string): Promise<string> {
  const { commitError } = error as { commitError?: Promise<unknown> }
  const cause = commitError ? await commitError.catch((reason: unknown) => reason) : error
  const message = cause instanceof Error ? cause.message : 'unknown'
  if (isOverrun(message) || (cause instanceof Error && 'syscall' in cause && !isFull(cause))) return message
  const { bavail, bsize } = await statfs(path).catch(() => ({ bavail: Number.POSITIVE_INFINITY, bsize: 1 }))
  return isFull(cause) || bavail * bsize < FULL_BELOW_BYTES ? 'the disk is full' : message
}

/** Whether the error text overran LMDB's buffer. The memory of the process is then damaged. */
export function isOverrun(message: string): boolean {
  const words = message.indexOf('Attempting to write page')
  return words !== -1 && message.length - words >= WORDS_BYTES
}
