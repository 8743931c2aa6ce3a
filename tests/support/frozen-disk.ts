/** A disk that stops answering: whoever writes to it waits until it is thawed. */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** A mounted one, not frozen yet. Always thawed when it is disposed of. */
export interface FrozenDisk {
  readonly path: string
  freeze(): Promise<void>
  thaw(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

const run = promisify(execFile)
const BYTES = 32 * 1024 * 1024

/** Undefined where this machine cannot mount a file, or where this user may not. */
export async function mountFreezable(): Promise<FrozenDisk | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-frozen-'))
  const [image, path] = [join(folder, 'image'), join(folder, 'disk')]
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    await mkdir(path)
    const file = await open(image, 'w')
    await file.truncate(BYTES)
    await file.close()
    await run('mkfs.ext4', ['-q', image])
    await run('mount', ['-o', 'loop', image, path])
  } catch {
    await remove()
    return undefined
  }
  const thaw = () =>
    run('fsfreeze', ['-u', path]).then(
      () => {},
      () => {},
    )
  return {
    path,
    freeze: async () => void (await run('fsfreeze', ['-f', path])),
    thaw,
    async [Symbol.asyncDispose]() {
      await thaw()
      await run('umount', ['-l', path])
      await remove()
    },
  }
}
