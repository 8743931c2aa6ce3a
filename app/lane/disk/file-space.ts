/** Allocates space in a lane's file before LMDB needs it, because LMDB must never meet a full disk. */
import { type FileHandle, open, statfs } from 'node:fs/promises'
import { errorCode } from '../../lib/error-code.ts'

/** Size of LMDB's pages, in bytes. */
const PAGE_BYTES = 4096
/** Pages that a transaction needs beside its blocks: the tree and the list of free pages. */
const LEAST_MARGIN = 24
/** The list of free pages grows with the file: one page per this many pages of the file. */
const PAGES_PER_MARGIN = 256
/** Pages at the end reserved for deletions. */
const LAST_PAGES = 12
/** Most bytes allocated in advance, and the free disk space required for advance allocation. */
const MOST_AHEAD_BYTES = 4 * 1024 * 1024
const PLENTY_BYTES = 64 * 1024 * 1024
/** Initial size of every lane, in bytes: enough for a small block, wherever the pages of an emptied lane lie. */
export const LEAST_FILE_BYTES = 512 * 1024
/** State directly after opening. */
const UNKNOWN_PAGES = { free: Number.NEGATIVE_INFINITY, pieces: 0 }
/** For file systems without statistics: nothing is allocated in advance. */
const NO_ROOM = { bavail: 0, bsize: 1 }
const ZEROS = Buffer.alloc(256 * 1024)

/** Page counts of a file after its newest transaction. */
export interface FilePages {
  /** Number of the page after the last page in use. */
  readonly end: number
  /** Pages in use before `end`, and the largest number of pieces they can form. */
  readonly live: number
  readonly pieces: number
}

/**
 * Works around a bug of LMDB: `mdb_page_flush` overruns a buffer with the error text of a failed write, which ends the
 * process sooner or later. The end of the file is therefore filled with zeros before use.
 * If the disk is full, a transaction runs only if it surely fits into free pages. The pages of an emptied lane form
 * few pieces, hence any block up to a ninth of the file fits.
 */
export class FileSpace {
  readonly #path: string
  #file: FileHandle | undefined
  /** Size of the file on disk, in bytes. */
  #size = 0
  /** Free pages inside the file beyond the margin, and the number of used pieces: before and after a transaction. */
  #present = { free: 0, pieces: 0 }
  #reusable = UNKNOWN_PAGES

  /** `path` is LMDB's file. The file is opened at first use. */
  constructor(path: string) {
    this.#path = path
  }

  /** Allocates the initial size of a lane. Rejects with `ENOSPC` if the disk is full, or with the disk's error. */
  async reserve(): Promise<void> {
    const file = await this.#open()
    if (this.#size < LEAST_FILE_BYTES && !(await this.#grow(file, LEAST_FILE_BYTES))) throw noRoom()
  }

  /**
   * Resolves if a transaction with `blocks` (their sizes in bytes) fits. Rejects with `ENOSPC` if not, or with the
   * disk's error. A transaction without blocks needs little and may use the last pages.
   */
  async ensure(blocks: readonly number[], { end, live, pieces }: FilePages): Promise<void> {
    const file = await this.#open()
    const margin = LEAST_MARGIN + Math.ceil(end / PAGES_PER_MARGIN)
    const adds = pagesFor(blocks)
    this.#present = { free: end - live - margin, pieces }
    const wanted = (end + adds + (adds > 0 ? 2 * margin : margin)) * PAGE_BYTES
    if (this.#size >= wanted || (await this.#grow(file, wanted))) return
    const tail = Math.floor(this.#size / PAGE_BYTES) - end
    if (adds > 0 ? this.#fits(blocks, tail, margin) : tail > 0 || end - live >= LEAST_MARGIN) return
    throw noRoom()
  }

  /**
   * A block needs contiguous pages. Of the gaps between the used pieces, the largest has at least the average size.
   * Any part of the margin that is not free inside must be free at the end.
   */
  #fits(blocks: readonly number[], tail: number, margin: number): boolean {
    const inside = Math.min(this.#present.free, this.#reusable.free)
    const adds = pagesFor(blocks)
    if (tail >= adds + LAST_PAGES + Math.min(margin, Math.max(0, -inside))) return true
    const largest = pagesFor([Math.max(...blocks)])
    const pieces = Math.max(this.#present.pieces, this.#reusable.pieces)
    return inside - adds >= largest * (pieces + blocks.length + 1)
  }

  /**
   * Call after the transaction checked by `ensure`. The pages freed by a transaction become reusable for the second
   * transaction after it.
   */
  committed(blocks: readonly number[]): void {
    const { free, pieces } = this.#present
    this.#reusable = { free: free - pagesFor(blocks), pieces: pieces + blocks.length }
  }

  /** After a failure: resolves when the disk takes a write and a flush. Rejects with the disk's error. */
  async probe(): Promise<void> {
    const file = await this.#open()
    this.#reusable = UNKNOWN_PAGES
    const page = Buffer.alloc(PAGE_BYTES)
    const at = Math.max(0, this.#size - PAGE_BYTES)
    const { bytesRead } = await file.read(page, 0, PAGE_BYTES, at)
    // Rewrites the same bytes; a lost write does no harm.
    await file.write(page, 0, bytesRead, at)
    await file.datasync()
  }

  async close(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    await file?.close()
  }

  async #open(): Promise<FileHandle> {
    if (this.#file) return this.#file
    const file = await open(this.#path, 'r+')
    this.#file = file
    this.#size = (await file.stat()).size
    return file
  }

  /**
   * Returns whether the file now has `wanted` bytes; allocates more if the disk has plenty. Rejects with other errors
   * of the disk.
   */
  async #grow(file: FileHandle, wanted: number): Promise<boolean> {
    this.#size = (await file.stat()).size
    const ahead = Math.min(MOST_AHEAD_BYTES, wanted / 4)
    const { bavail, bsize } = await statfs(this.#path).catch(() => NO_ROOM)
    const target = bavail * bsize > PLENTY_BYTES ? Math.ceil((wanted + ahead) / PAGE_BYTES) * PAGE_BYTES : wanted
    try {
      while (this.#size < target) {
        const length = Math.min(ZEROS.length, target - this.#size)
        const { bytesWritten } = await file.write(ZEROS, 0, length, this.#size)
        this.#size += bytesWritten
      }
    } catch (error) {
      if (!isFull(error)) throw error
    }
    return this.#size >= wanted
  }
}

function noRoom(): Error {
  return Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
}

/** Whether `error` or its cause reports a full disk or an exhausted quota. */
export function isFull(error: unknown): boolean {
  if (['ENOSPC', 'EDQUOT'].includes(errorCode(error))) return true
  return error instanceof Error && error.cause !== undefined && isFull(error.cause)
}

function pagesFor(blocks: readonly number[]): number {
  return blocks.reduce((sum, bytes) => sum + 1 + Math.ceil(bytes / PAGE_BYTES), 0)
}
