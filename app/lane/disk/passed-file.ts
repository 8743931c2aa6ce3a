/**
 * The sums of what passed, in a file beside the blocks. They are written with each batch and not flushed: they survive the
 * process, and what a power cut takes of them is back with the next sums that LMDB has.
 */
import { closeSync, constants, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'

const NAME = 'passed'
/** No more than a file system gives to the first write, so that later ones find it there, also on a full disk. */
const FILE_BYTES = 4096
/** u32 CRC-32 of the text · u32 its length · text. */
const HEADER_BYTES = 8

/** Of one lane. Where the disk does not take it, there is none, and the sums are as old as the last transaction. */
export class PassedFile {
  #fd: number | undefined
  readonly #page = Buffer.alloc(FILE_BYTES)

  constructor(folder: string) {
    try {
      this.#fd = openSync(join(folder, NAME), constants.O_RDWR | constants.O_CREAT, 0o640)
    } catch {
      this.#fd = undefined
    }
  }

  /** Replaces what the file says, in one write that the end of the process does not cut in two. What is longer than a page is left out. */
  write(text: string): void {
    const length = Buffer.byteLength(text)
    if (this.#fd === undefined || length > FILE_BYTES - HEADER_BYTES) return
    this.#page.write(text, HEADER_BYTES)
    this.#page.writeUInt32BE(crc32(this.#page.subarray(HEADER_BYTES, HEADER_BYTES + length)), 0)
    this.#page.writeUInt32BE(length, 4)
    try {
      writeSync(this.#fd, this.#page, 0, HEADER_BYTES + length, 0)
    } catch {
      // The checksum tells a write that went wrong.
    }
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd)
    this.#fd = undefined
  }
}

/** The text that was written last; undefined when there is none, or none that is whole. */
export function readPassed(folder: string): string | undefined {
  try {
    const page = readFileSync(join(folder, NAME))
    const text = page.subarray(HEADER_BYTES, HEADER_BYTES + page.readUInt32BE(4))
    return crc32(text) === page.readUInt32BE(0) ? text.toString() : undefined
  } catch {
    return undefined
  }
}
