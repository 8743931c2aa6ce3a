/** A process of its own that scans a lane: a damaged file can end the process that maps it. Path in, one JSON object out. */
import { Unusable } from '../../errors.ts'
import { scan } from './scan.ts'

try {
  process.stdout.write(JSON.stringify({ scan: await scan(process.argv[2] ?? '') }))
} catch (error) {
  const problem =
    error instanceof Unusable ? error.message : `it cannot be read (${error instanceof Error ? error.message : error})`
  process.stdout.write(JSON.stringify({ problem: problem.slice(0, 500) }))
}
