/** Room in the file of a lane: taken from the disk before LMDB needs it, so that none of its writes meets a full disk. */
import { type FileHandle, open, statfs } from 'node:fs/promises'
import { errorCode } from '../../lib/error-code.ts'

/** Of LMDB's pages, in bytes. */
const PAGE_BYTES = 4096
/** What a transaction takes beside its blocks, in pages: the tree, the list of free pages. */
const LEAST_MARGIN = 24
/** The list of free pages grows with the file: one page of it for so many of the file. */
const PAGES_PER_MARGIN = 256
/** Of the tail, kept for forgetting. */
const LAST_PAGES = 12
/** Most that is taken ahead of need, in bytes, and what must be free for that. */
const MOST_AHEAD_BYTES = 4 * 1024 * 1024
const PLENTY_BYTES = 64 * 1024 * 1024
/** Of every lane from the start, in bytes: enough for a small block, however the pages of a lane that was emptied lie. */
export const LEAST_FILE_BYTES = 512 * 1024
/** After the environment was opened. */
const NOTHING = { free: Number.NEGATIVE_INFINITY, pieces: 0 }
/** Of a file system that cannot be asked: nothing is taken ahead. */
const NO_ROOM = { bavail: 0, bsize: 1 }
const ZEROS = Buffer.alloc(256 * 1024)

/** Pages of a file as its newest transaction left them. */
export interface Pages {
  /** Number of the page after the last one in use. */
  readonly end: number
  /** Pages before it that hold something, and in how many pieces they can lie at most. */
  readonly live: number
  readonly pieces: number
}

/**
 * LMDB writes past the end of a buffer of its own when it words the error of a write that failed (`mdb_page_flush`), which
 * ends the process sooner or later. So the tail of the file is written with zeros before it is used, and what does not fit
 * there goes ahead only when it is sure to fit inside. A lane that is emptied lies in few pieces, so it needs no more room
 * than its file has: whatever takes a ninth of the file fits.
 */
export class Room {
  readonly #path: string
  #file: FileHandle | undefined
  /** Of the file on the disk, in bytes. */
  #size = 0
  /** Free pages inside the file beside the margin, and in how many pieces the others lie: before and after a transaction. */
  #present = { free: 0, pieces: 0 }
  #reusable = NOTHING

  /** `path` is LMDB's file. Nothing is opened before it is needed. */
  constructor(path: string) {
    this.#path = path
  }

  /** Takes what every lane needs. Rejects when the disk has no room for it, with `ENOSPC`, or fails. */
  async reserve(): Promise<void> {
    const file = await this.#open()
    if (this.#size < LEAST_FILE_BYTES && !(await this.#grow(file, LEAST_FILE_BYTES))) throw noRoom()
  }

  /**
   * Resolves when a transaction that adds `blocks` (their bytes) will find room. Rejects when it would not, with the code
   * `ENOSPC`, or with what the disk answers. One that adds none needs little, and is let through to the last page.
   */
  async ensure(blocks: readonly number[], { end, live, pieces }: Pages): Promise<void> {
    const file = await this.#open()
    const margin = LEAST_MARGIN + Math.ceil(end / PAGES_PER_MARGIN)
    const adds = pagesOf(blocks)
    this.#present = { free: end - live - margin, pieces }
    const wanted = (end + adds + (adds > 0 ? 2 * margin : margin)) * PAGE_BYTES
    if (this.#size >= wanted || (await this.#grow(file, wanted))) return
    const tail = Math.floor(this.#size / PAGE_BYTES) - end
    if (adds > 0 ? this.#fits(blocks, tail, margin) : tail > 0 || end - live >= LEAST_MARGIN) return
    throw noRoom()
  }

  /**
   * A block needs its pages in one piece, and those that are free lie apart: of the gaps between so many pieces, one is at
   * least as large as the average. What of the margin is not free inside must be in the tail.
   */
  #fits(blocks: readonly number[], tail: number, margin: number): boolean {
    const inside = Math.min(this.#present.free, this.#reusable.free)
    const adds = pagesOf(blocks)
    if (tail >= adds + LAST_PAGES + Math.min(margin, Math.max(0, -inside))) return true
    const largest = pagesOf([Math.max(...blocks)])
    const pieces = Math.max(this.#present.pieces, this.#reusable.pieces)
    return inside - adds >= largest * (pieces + blocks.length + 1)
  }

  /** The transaction that `ensure` was asked for is written: what it freed lies apart, for the one after the next. */
  committed(blocks: readonly number[]): void {
    const { free, pieces } = this.#present
    this.#reusable = { free: free - pagesOf(blocks), pieces: pieces + blocks.length }
  }

  /** After a failure: resolves when the disk takes a write and a flush again. Rejects with what it answers. */
  async probe(): Promise<void> {
    const file = await this.#open()
    this.#reusable = NOTHING
    const page = Buffer.alloc(PAGE_BYTES)
    const at = Math.max(0, this.#size - PAGE_BYTES)
    const { bytesRead } = await file.read(page, 0, PAGE_BYTES, at)
    // The same bytes once more: nothing depends on whether they arrive.
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

  /** Answers whether the file has `wanted` bytes now; more where there is plenty. Rejects when the disk fails otherwise. */
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

/** Whether `error`, or its cause, says that there is no room, on the disk or for this user. */
export function isFull(error: unknown): boolean {
  if (['ENOSPC', 'EDQUOT'].includes(errorCode(error))) return true
  return error instanceof Error && error.cause !== undefined && isFull(error.cause)
}

function pagesOf(blocks: readonly number[]): number {
  return blocks.reduce((sum, bytes) => sum + 1 + Math.ceil(bytes / PAGE_BYTES), 0)
}
