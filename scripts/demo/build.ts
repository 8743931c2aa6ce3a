/** dist/, made when it is missing or older than what it is made from. */
import { execFile } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { EXIT, Failure } from '../lib/failure.ts'
import { note, progress } from '../lib/progress.ts'
import { cacheFolder } from '../stack/cache.ts'
import { withLock } from '../stack/lock.ts'

const ROOT = join(import.meta.dirname, '../..')
const COMPILER = join(ROOT, 'node_modules/typescript/bin/tsc')

/** Path of the daemon's bin, built first if need be. Throws `Failure` with what the compiler says. */
export async function builtBin(): Promise<string> {
  const bin = join(ROOT, 'dist/main.js')
  const make = async (): Promise<void> => {
    if (isStale(bin)) await build()
  }
  await withLock(join(cacheFolder(), 'build.lock'), make, (pid) => note(`process ${pid} is building, waiting …`))
  return bin
}

async function build(): Promise<void> {
  const shown = progress('Building dist/')
  try {
    await promisify(execFile)(process.execPath, [COMPILER, '-p', 'tsconfig.build.json'], { cwd: ROOT })
    shown.done('done')
  } catch (error) {
    shown.clear()
    const said = (error as { stdout?: string }).stdout?.split('\n').slice(0, 5).join('\n') || String(error)
    throw new Failure('the daemon does not compile', { cure: `The compiler says:\n${said}`, code: EXIT.failed })
  }
}

function isStale(bin: string): boolean {
  if (!existsSync(bin)) return true
  const built = statSync(bin).mtimeMs
  const sources = readdirSync(join(ROOT, 'app'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join('app', path))
  const newest = (path: string): boolean => statSync(join(ROOT, path)).mtimeMs > built
  return [...sources, 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'].some(newest)
}
