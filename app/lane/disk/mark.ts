/** What stands where version 0.1 had its file: it keeps that version from a lane that it cannot read. */
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inflateRawSync } from 'node:zlib'
import { Unusable } from '../../errors.ts'
import { errorCode } from '../../lib/error-code.ts'
import { isFull } from './log.ts'

/** Name of the file of a lane of version 0.1. */
export const OLD_FILE = 'data.mdb'
/** Where the mark is while the lane is empty: then version 0.1 may begin its own. */
const PUT_AWAY = `${OLD_FILE}.away`

/** An LMDB environment with nothing but sums of format 2: version 0.1 says that it cannot read those, and ends with 69. */
const MARK = inflateRawSync(
  Buffer.from(
    '7dexCcJAFAbgy4FgI8kMjmDpNhYWQlBQEURcQ1snESfICA5g4wgKwSgqiKiFge8r3nGPxxWv+bkQHjXLut8dt/Guf7ll1cRrp4vwpmo+CQDA//gm/2+p/pjvyf3r17Pqrw+rjd0DwG8ln/z/M/kPAAAAdRKf/uUxxFCkRWo3AAAAUC+tsjbCtJfn80V71h9PBqNhu9tZngE=',
    'base64',
  ),
)

/** Whether `folder` holds a lane of version 0.1. Throws `Unusable` for something that is no file. */
export async function isOld(folder: string): Promise<boolean> {
  const path = join(folder, OLD_FILE)
  try {
    const found = await stat(path)
    if (!found.isFile()) throw new Unusable(`${OLD_FILE} in it is no file`)
    // That version may have changed the mark by looking at it, but not what it says.
    return found.size !== MARK.length || !(await readFile(path)).includes('{"version":2}')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false
    throw error
  }
}

/** Puts the mark there, in the place of what version 0.1 had. Rejects with what the disk says, but for one that is full. */
export async function setMark(folder: string): Promise<void> {
  const [path, away] = [join(folder, OLD_FILE), join(folder, PUT_AWAY)]
  try {
    if ((await readFile(away).catch(() => undefined))?.length !== MARK.length)
      await writeFile(away, MARK, { flush: true, mode: 0o640 })
    await rename(away, path)
  } catch (error) {
    await rm(away, { force: true }).catch(() => {})
    if (!isFull(error)) throw error
  }
}

/** Takes the mark away from a lane that is empty. Never rejects: it does no harm. */
export async function putMarkAway(folder: string): Promise<void> {
  await rename(join(folder, OLD_FILE), join(folder, PUT_AWAY)).catch(() => {})
}
