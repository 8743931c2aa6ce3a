/** Room in the file of a lane: taken from the disk before LMDB needs it, so that none of its writes meets a full disk. */
import { type FileHandle, open, statfs } from 'node:fs/promises'
import { errorCode } from '../../lib/error-code.ts'

/** Of LMDB's pages, in bytes. */
const PAGE_BYTES = 4096
/** What a transaction takes beside its blocks, in pages: the tree, the list of free pages. */
const LEAST_MARGIN = 24
/** The list of free pages grows with the file: one page of it for so many of the file. */
const PAGES_PER_MARGIN = 256
/** Of the tail, kept for forgetting; a lane that holds no more is empty. */
const LAST_PAGES = 12
/** Most that is taken ahead of need, in bytes, and what must be free for that. */
const MOST_AHEAD_BYTES = 4 * 1024 * 1024
const PLENTY_BYTES = 64 * 1024 * 1024
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
 * there goes ahead only when as much is free inside the file.
 */
export class Room {
  readonly #path: string
  #file: FileHandle | undefined
  /** Of the file on the disk, in bytes. */
  #size = 0
  /** Pages inside the file that were free when the present transaction began, and that the next one may use. */
  #free = 0
  #reusable = 0

  /** `path` is LMDB's file. Nothing is opened before it is needed. */
  constructor(path: string) {
    this.#path = path
  }

  /**
   * Resolves when a transaction that adds `blocks` (their bytes) will find room. Rejects when it would not, with the code
   * `ENOSPC`, or with what the disk answers. One that adds none needs little, and is let through to the last page.
   */
  async ensure(blocks: readonly number[], pages: Pages): Promise<void> {
    const file = await this.#open()
    const { end, live } = pages
    const margin = LEAST_MARGIN + Math.ceil(end / PAGES_PER_MARGIN)
    const adds = pagesOf(blocks)
    this.#free = end - live - margin
    const wanted = (end + adds + (adds > 0 ? 2 * margin : margin)) * PAGE_BYTES
    if (this.#size >= wanted || (await this.#grow(file, wanted))) return
    const tail = Math.floor(this.#size / PAGE_BYTES) - end
    if (adds > 0 ? this.#fits(blocks, tail, pages) : tail > 0 || this.#inside + margin >= LEAST_MARGIN) return
    throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
  }

  /**
   * A block needs its pages in one piece, and those that are free lie apart: of the gaps between so many pieces, one is at
   * least as large as the average. The gaps of an empty lane are few.
   */
  #fits(blocks: readonly number[], tail: number, { live, pieces }: Pages): boolean {
    const adds = pagesOf(blocks)
    if (this.#inside < 1.25 * adds) return false
    const largest = pagesOf([Math.max(...blocks)])
    const isSure = tail >= adds + LAST_PAGES || this.#inside - adds >= largest * (pieces + blocks.length + 1)
    return isSure || (live < LAST_PAGES && this.#inside >= 3 * adds)
  }

  /** The transaction that `ensure` was asked for is written: what it freed can be used by the one after the next. */
  committed(blocks: readonly number[]): void {
    this.#reusable = this.#free - pagesOf(blocks)
  }

  /** After a failure: resolves when the disk takes a write and a flush again. Rejects with what it answers. */
  async probe(): Promise<void> {
    const file = await this.#open()
    this.#reusable = 0
    const page = Buffer.alloc(PAGE_BYTES)
    const at = Math.max(0, this.#size - PAGE_BYTES)
    const { bytesRead } = await file.read(page, 0, PAGE_BYTES, at)
    // The same bytes once more: nothing depends on whether they arrive.
    await file.write(page, 0, bytesRead, at)
    await file.datasync()
  }

  /** Pages that can be used again, beside a margin. */
  get #inside(): number {
    return Math.min(this.#free, this.#reusable)
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
    const { bavail, bsize } = await statfs(this.#path)
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

/** Whether `error`, or its cause, says that there is no room, on the disk or for this user. */
export function isFull(error: unknown): boolean {
  if (['ENOSPC', 'EDQUOT'].includes(errorCode(error))) return true
  return error instanceof Error && error.cause !== undefined && isFull(error.cause)
}

function pagesOf(blocks: readonly number[]): number {
  return blocks.reduce((sum, bytes) => sum + 1 + Math.ceil(bytes / PAGE_BYTES), 0)
}
