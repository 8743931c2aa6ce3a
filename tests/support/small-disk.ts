/** A file system so small that it can be filled. */
import { execFile } from 'node:child_process'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** A mounted one. */
export interface SmallDisk {
  readonly path: string
  [Symbol.asyncDispose](): Promise<void>
}

const run = promisify(execFile)
const BLOCK = Buffer.alloc(64 * 1024, 'x')

/** Mounts a tmpfs of `bytes` on a new directory. Only root may: rejects for others. */
export async function mountSmallDisk(bytes: number): Promise<SmallDisk> {
  const path = await mkdtemp(join(tmpdir(), 'tributary-disk-'))
  const remove = () => rm(path, { recursive: true, force: true })
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', path])
  } catch (cause) {
    await remove()
    throw new Error('only root can mount a small disk', { cause })
  }
  return {
    path,
    async [Symbol.asyncDispose]() {
      // Lazily: a process that is just ending may still hold a file of it.
      await run('umount', ['-l', path])
      await remove()
    },
  }
}

/** Writes a file in `folder` until its file system is full. Resolves to what takes it away again. */
export async function fillDisk(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, 'filler')
  const file = await open(path, 'w')
  try {
    for (;;) await file.write(BLOCK)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
  } finally {
    await file.close()
  }
  return () => rm(path)
}
