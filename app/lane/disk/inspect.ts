/** Checks a lane on disk in a child process before the lane is opened. */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Unusable } from '../../errors.ts'
import { errorCode } from '../../lib/error-code.ts'
import { aside, Silent } from './aside.ts'
import { FILE } from './folder.ts'
import type { Scan } from './scan.ts'

/** Longest wait without progress, in milliseconds. */
const QUIET_MS = 30_000

/** The content of a lane that is not there yet. */
export const EMPTY_SCAN: Scan = {
  first: 1,
  next: 1,
  messages: 0,
  numberedTo: 1,
  bytes: 0,
  oldestReceivedAt: 0,
  sources: {},
  counts: undefined,
}

/** Damage that ends any process which reads the file with LMDB. */
export class EndsItsReader extends Unusable {}

/**
 * Waits for a full read of the lane's file, unless `signal` aborts. Throws `Unusable` if the file is damaged, has an
 * unknown format, or cannot be read in time.
 */
export async function inspect(path: string, signal?: AbortSignal): Promise<Scan> {
  const file = await stat(join(path, FILE)).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  })
  if (!file) return EMPTY_SCAN
  // LMDB would treat an empty file as new and block on a pipe.
  if (!file.isFile()) throw new Unusable(`${FILE} in it is no file`)
  if (file.size === 0) throw new Unusable('it is damaged: its file is empty')
  const ended = await aside<Answer>('probe', [path], { quietMs: QUIET_MS, signal }).catch((error: unknown) => {
    if (error instanceof Silent) throw new Unusable(`nothing could be read of it for ${QUIET_MS / 1_000} s`)
    throw error
  })
  if (ended.answer?.scan) return ended.answer.scan
  if (ended.signal) throw new EndsItsReader(`it is damaged: its reader ended with ${ended.signal}`)
  throw new Unusable(ended.answer?.problem ?? `it cannot be read (${ended.code})`)
}

interface Answer {
  readonly scan?: Scan
  readonly problem?: string
}
