/**
 * Child process that tries a directory out, because access to a dead disk may block for ever. Takes a path and prints
 * a JSON object.
 */
import { tryOut } from './folder.ts'

const problem = await tryOut(process.argv[2] ?? '').then(
  () => undefined,
  (error: Error) => error.message,
)
process.stdout.write(JSON.stringify({ problem }))
