/** Reads files with settings. Refuses pipes and devices, which could block, and huge files. */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs'
import { open } from 'node:fs/promises'

/** Ten thousand URLs of 1.6 kB. */
const MOST_FILE_BYTES = 16 * 1024 * 1024
const CHUNK_BYTES = 64 * 1024
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK

/** The file cannot hold a setting. `message` completes "names …" and holds nothing of the content. */
export class UnfitFile extends Error {
  override readonly name = 'UnfitFile'
}

/** The text of a file of at most 16 MiB, without a byte order mark. Throws Node's error, or `UnfitFile`. Waits for the disk. */
export function readSettingFileSync(path: string): string {
  const file = openSync(path, FLAGS)
  try {
    refuseUnfit(fstatSync(file))
    const content = new Content()
    for (let read = 1; read > 0; ) {
      const chunk = Buffer.alloc(CHUNK_BYTES)
      read = readSync(file, chunk)
      content.add(chunk.subarray(0, read))
    }
    return content.text()
  } finally {
    closeSync(file)
  }
}

/** As `readSettingFileSync`, asynchronous. */
export async function readSettingFile(path: string): Promise<string> {
  const file = await open(path, FLAGS)
  try {
    refuseUnfit(await file.stat())
    const content = new Content()
    for (let read = 1; read > 0; ) {
      const chunk = Buffer.alloc(CHUNK_BYTES)
      read = (await file.read(chunk)).bytesRead
      content.add(chunk.subarray(0, read))
    }
    return content.text()
  } finally {
    await file.close()
  }
}

/** Checks type and size. Files of /proc report size 0, so `Content` checks the size again. */
function refuseUnfit(stats: Stats): void {
  if (stats.isDirectory()) throw new UnfitFile('a directory, not a file')
  if (!stats.isFile()) throw new UnfitFile('a pipe or a device, not a regular file')
  if (stats.size > MOST_FILE_BYTES) throw tooLarge()
}

function tooLarge(): UnfitFile {
  return new UnfitFile(`a file of more than ${MOST_FILE_BYTES / 1024 ** 2} MiB`)
}

class Content {
  readonly #chunks: Buffer[] = []
  #bytes = 0

  add(chunk: Buffer): void {
    this.#bytes += chunk.length
    if (this.#bytes > MOST_FILE_BYTES) throw tooLarge()
    this.#chunks.push(chunk)
  }

  text(): string {
    const bytes = Buffer.concat(this.#chunks)
    if (bytes.includes(0)) throw new UnfitFile('a file with a NUL character, not text')
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    } catch {
      throw new UnfitFile('a file that is not UTF-8 text')
    }
  }
}
