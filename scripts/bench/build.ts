/** The daemon's builds: of the files as they are, and of any commit, to compare with. */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { builtBin } from '../demo/build.ts'
import { describe, EXIT, Failure } from '../lib/failure.ts'
import { cacheFolder } from '../stack/cache.ts'

const run = promisify(execFile)
const ROOT = resolve(import.meta.dirname, '../..')
const COMPILER = join(ROOT, 'node_modules/typescript/bin/tsc')

/** The folder of the bench's own files; not under version control. */
export function benchFolder(): string {
  const folder = join(cacheFolder(), 'bench')
  mkdirSync(folder, { recursive: true })
  return folder
}

/**
 * Path of a daemon's bin: `build` is undefined (the files as they are, built if need be), a folder that holds a build, or
 * a commit, which is built once with the dependencies of today. Throws `Failure` for anything else.
 */
export async function binOf(build: string | undefined): Promise<string> {
  if (build === undefined) return builtBin()
  const given = resolve(build, 'main.js')
  if (existsSync(given)) return given
  const folder = join(benchFolder(), await commitOf(build))
  const bin = join(folder, 'dist/main.js')
  if (!existsSync(bin)) await buildCommit(build, folder)
  return bin
}

async function commitOf(ref: string): Promise<string> {
  try {
    const { stdout } = await run('git', ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`], {
      cwd: ROOT,
    })
    return stdout.trim()
  } catch {
    throw new Failure(`${ref} is neither a folder with a build (main.js) nor a commit`, {
      cure: 'Name a commit, such as platformatic@HEAD~1, or the folder of a build.',
      code: EXIT.configuration,
    })
  }
}

async function buildCommit(ref: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  try {
    const parts = 'app package.json tsconfig.json tsconfig.build.json'
    await run('sh', ['-c', `git archive "$1" ${parts} | tar -x -C "$2"`, 'sh', ref, folder], { cwd: ROOT })
    forgetName(join(folder, 'package.json'))
    const modules = join(folder, 'node_modules')
    if (!existsSync(modules)) symlinkSync(join(ROOT, 'node_modules'), modules)
    await run(process.execPath, [COMPILER, '-p', 'tsconfig.build.json'], { cwd: folder })
  } catch (error) {
    const said = (error as { stdout?: string }).stdout?.split('\n').slice(0, 5).join('\n') || describe(error)
    throw new Failure(`${ref} does not build`, { cure: said })
  }
}

/** Two packages of one name in one tree confuse tools. */
function forgetName(file: string): void {
  const { name: _name, ...rest } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
  writeFileSync(file, JSON.stringify(rest))
}
