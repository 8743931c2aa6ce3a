/**
 * Stores counts of messages that bypassed the disk, in a file beside the blocks. The file is written with each batch
 * and not flushed. The counts survive the process; after a power cut the older counts in LMDB apply.
 */
import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { leadsTo } from './presence.ts'

const COUNTS_FILE = 'passed'
/** At most the space that file systems allocate at the first write. Later writes then succeed on a full disk. */
const FILE_BYTES = 4096
/** Layout: u32 CRC-32 of the text · u32 length of the text · text. */
const PAGE_HEADER_BYTES = 8

/** The file of one lane. If the file cannot be created, the saved counts are as old as the last transaction. */
export class BypassCounts {
  readonly #path: string
  #fd: number | undefined
  readonly #page = Buffer.alloc(FILE_BYTES)
  #length = 0
  #isClosed = false

  constructor(folder: string) {
    this.#path = join(folder, COUNTS_FILE)
    this.#fd = opened(this.#path)
  }

  /** Recreates the file if somebody removed it. Never rejects. */
  async look(): Promise<undefined> {
    const fd = this.#fd
    if (fd !== undefined && (await leadsTo(this.#path, fstatSync(fd, { bigint: true })).catch(() => false))) return
    // Closed meanwhile.
    if (fd !== this.#fd || this.#isClosed) return
    this.#shut()
    this.#fd = opened(this.#path)
    this.#write()
  }

  /**
   * Replaces the content in one write, which a kill of the process cannot split. Texts longer than a page are ignored.
   */
  write(text: string): void {
    const length = Buffer.byteLength(text)
    if (length > FILE_BYTES - PAGE_HEADER_BYTES) return
    this.#page.write(text, PAGE_HEADER_BYTES)
    this.#page.writeUInt32BE(crc32(this.#page.subarray(PAGE_HEADER_BYTES, PAGE_HEADER_BYTES + length)), 0)
    this.#page.writeUInt32BE(length, 4)
    this.#length = PAGE_HEADER_BYTES + length
    this.#write()
  }

  close(): void {
    this.#isClosed = true
    this.#shut()
  }

  #write(): void {
    if (this.#fd === undefined) return
    try {
      writeSync(this.#fd, this.#page, 0, this.#length, 0)
    } catch {
      // The checksum detects failed writes.
    }
  }

  #shut(): void {
    if (this.#fd !== undefined) closeSync(this.#fd)
    this.#fd = undefined
  }
}

function opened(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDWR | constants.O_CREAT, 0o640)
  } catch {
    return undefined
  }
}

/** The last text written; undefined if missing or damaged. */
export function readBypassCounts(folder: string): string | undefined {
  let fd: number | undefined
  try {
    // O_NONBLOCK: opening a pipe would block.
    fd = openSync(join(folder, COUNTS_FILE), constants.O_RDONLY | constants.O_NONBLOCK)
    const page = Buffer.alloc(FILE_BYTES)
    readSync(fd, page, 0, FILE_BYTES, 0)
    const text = page.subarray(PAGE_HEADER_BYTES, PAGE_HEADER_BYTES + page.readUInt32BE(4))
    return crc32(text) === page.readUInt32BE(0) ? text.toString() : undefined
  } catch {
    return undefined
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}
