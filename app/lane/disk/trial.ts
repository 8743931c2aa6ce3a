/** A process of its own that tries a directory out: whoever touches one that does not answer waits for ever. Path in, one JSON object out. */
import { tryOut } from './folder.ts'

const problem = await tryOut(process.argv[2] ?? '').then(
  () => undefined,
  (error: Error) => error.message,
)
process.stdout.write(JSON.stringify({ problem }))
