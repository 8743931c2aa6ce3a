/** Looks into a lane on disk before it is opened, in a process of its own, and says in a sentence what is wrong. */
import { execFile } from 'node:child_process'
import { statSync } from 'node:fs'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Unusable } from '../../errors.ts'
import { FILE } from './folder.ts'
import type { Scan } from './scan.ts'

const PROBE = fileURLToPath(new URL(`./probe${extname(import.meta.url)}`, import.meta.url))
const MOST_OUTPUT_BYTES = 64 * 1024 * 1024

const EMPTY: Scan = { first: 1, next: 1, messages: 0, bytes: 0, oldestReceivedAt: 0, sources: {}, tally: undefined }

/** Damage so great that LMDB ends the process that looks at it. */
export class EndsItsReader extends Unusable {}

/** Waits for a full read of the lane's file. Throws `Unusable` when it is damaged or of a format that is not known. */
export async function inspect(path: string): Promise<Scan> {
  const file = statSync(join(path, FILE), { throwIfNoEntry: false })
  if (!file) return EMPTY
  // LMDB would take an empty file for a new one.
  if (file.size === 0) throw new Unusable('it is damaged: its file is empty')
  const { scan, problem, signal } = await probe(path)
  if (scan) return scan
  if (signal) throw new EndsItsReader(`it is damaged: its reader ended with ${signal}`)
  throw new Unusable(problem ?? 'it cannot be read')
}

interface Answer {
  readonly scan?: Scan
  readonly problem?: string
  readonly signal?: string
}

async function probe(path: string): Promise<Answer> {
  try {
    const options = { maxBuffer: MOST_OUTPUT_BYTES, env: {} }
    const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', PROBE, path], options)
    return JSON.parse(stdout) as Answer
  } catch (error) {
    const { signal, code } = error as { signal?: string; code?: unknown }
    return signal ? { signal } : { problem: `it cannot be read (${code})` }
  }
}
