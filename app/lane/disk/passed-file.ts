/**
 * The sums of what passed, in a file beside the blocks. They are written with each batch and not flushed: they survive the
 * process, and what a power cut takes of them is back with the next sums that LMDB has.
 */
import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { leadsTo } from './presence.ts'

const NAME = 'passed'
/** No more than a file system gives to the first write, so that later ones find it there, also on a full disk. */
const FILE_BYTES = 4096
/** u32 CRC-32 of the text · u32 its length · text. */
const HEADER_BYTES = 8

/** Of one lane. Where the disk does not take it, there is none, and the sums are as old as the last transaction. */
export class PassedFile {
  readonly #path: string
  #fd: number | undefined
  readonly #page = Buffer.alloc(FILE_BYTES)
  #length = 0
  #isClosed = false

  constructor(folder: string) {
    this.#path = join(folder, NAME)
    this.#fd = opened(this.#path)
  }

  /** Makes the file anew where somebody removed it. Never rejects. */
  async look(): Promise<undefined> {
    const fd = this.#fd
    if (fd !== undefined && (await leadsTo(this.#path, fstatSync(fd, { bigint: true })).catch(() => false))) return
    // Closed meanwhile.
    if (fd !== this.#fd || this.#isClosed) return
    this.#shut()
    this.#fd = opened(this.#path)
    this.#write()
  }

  /** Replaces what the file says, in one write that the end of the process does not cut in two. What is longer than a page is left out. */
  write(text: string): void {
    const length = Buffer.byteLength(text)
    if (length > FILE_BYTES - HEADER_BYTES) return
    this.#page.write(text, HEADER_BYTES)
    this.#page.writeUInt32BE(crc32(this.#page.subarray(HEADER_BYTES, HEADER_BYTES + length)), 0)
    this.#page.writeUInt32BE(length, 4)
    this.#length = HEADER_BYTES + length
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
      // The checksum tells a write that went wrong.
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

/** The text that was written last; undefined when there is none, or none that is whole. */
export function readPassed(folder: string): string | undefined {
  let fd: number | undefined
  try {
    // Whatever else lies there is not waited for.
    fd = openSync(join(folder, NAME), constants.O_RDONLY | constants.O_NONBLOCK)
    const page = Buffer.alloc(FILE_BYTES)
    readSync(fd, page, 0, FILE_BYTES, 0)
    const text = page.subarray(HEADER_BYTES, HEADER_BYTES + page.readUInt32BE(4))
    return crc32(text) === page.readUInt32BE(0) ? text.toString() : undefined
  } catch {
    return undefined
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}
