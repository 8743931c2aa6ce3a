/** Making directories. */
import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { errorCode } from './error-code.ts'

/**
 * Makes the directory `path` and its missing parents, each with `mode`. Rejects with Node's error. Node's recursive `mkdir`
 * never ends on file systems that always return ENOENT, such as /proc.
 */
export async function makeDirectory(path: string, mode: number): Promise<void> {
  try {
    await mkdir(path, mode)
  } catch (error) {
    const code = errorCode(error)
    if (code === 'EEXIST' && (await isDirectory(path))) return
    if (code !== 'ENOENT' || dirname(path) === path) throw error
    await makeDirectory(dirname(path), mode)
    await mkdir(path, mode).catch(async (again: unknown) => {
      if (errorCode(again) !== 'EEXIST' || !(await isDirectory(path))) throw again
    })
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return (await stat(path)).isDirectory()
}
