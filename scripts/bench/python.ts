/** A Python of the bench's own, with the packages of its rival. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, EXIT, Failure } from '../lib/failure.ts'
import { progress } from '../lib/progress.ts'
import { benchFolder } from './build.ts'

const run = promisify(execFile)
const REQUIREMENTS = join(import.meta.dirname, 'python/requirements.txt')
const INSTALL_MS = 300_000

/**
 * Path of a Python in a virtual environment that holds what requirements.txt says; made once, with pip. Throws `Failure`
 * (exit 69) when python3, venv or pip is missing or a package cannot be had.
 */
export async function pythonWithPackages(): Promise<string> {
  const wanted = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 12)
  const folder = join(benchFolder(), `python-${wanted}`)
  const python = join(folder, 'bin/python')
  const ready = join(folder, 'ready')
  if (existsSync(ready)) return python
  const shown = progress('Making the virtual environment of the Python contender')
  try {
    rmSync(folder, { recursive: true, force: true })
    await run('python3', ['-m', 'venv', folder], { timeout: INSTALL_MS })
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS]
    await run(python, pip, { timeout: INSTALL_MS })
    // Last, so that what was broken off is begun anew.
    writeFileSync(ready, '')
    shown.done('done')
    return python
  } catch (error) {
    shown.clear()
    const said = (error as { stderr?: string }).stderr?.trim().split('\n').slice(-3).join('\n') || describe(error)
    throw new Failure('there is no Python for the contender python', {
      cure: `It needs python3 with venv and pip, which said:\n${said}`,
      code: EXIT.unavailable,
      cause: error,
    })
  }
}
