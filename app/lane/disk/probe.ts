/**
 * Child process that scans a lane, because a damaged file can end the process that maps it. Takes a path and prints a
 * JSON object.
 */
import { Unusable } from '../../errors.ts'
import { scan } from './scan.ts'

const SIGN_OF_LIFE_MS = 1_000

let livedAt = performance.now()

/** Prints a blank from time to time. A large lane is then not mistaken for a dead disk. */
function live(): void {
  const now = performance.now()
  if (now - livedAt < SIGN_OF_LIFE_MS) return
  livedAt = now
  process.stdout.write(' ')
}

try {
  process.stdout.write(JSON.stringify({ scan: await scan(process.argv[2] ?? '', live) }))
} catch (error) {
  const problem =
    error instanceof Unusable ? error.message : `it cannot be read (${error instanceof Error ? error.message : error})`
  process.stdout.write(JSON.stringify({ problem: problem.slice(0, 500) }))
}
