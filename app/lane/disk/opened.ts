/** What a lane on disk is made of. */
import type { Numbers } from '../numbers.ts'
import type { Lock } from './lock.ts'
import type { PassedFile } from './passed-file.ts'
import type { Presence } from './presence.ts'
import type { Scan } from './scan.ts'
import type { Store } from './store.ts'
import type { Tally } from './tally.ts'

/** All of it open, in one folder. */
export interface Opened {
  readonly folder: string
  readonly lock: Lock
  readonly store: Store
  readonly passed: PassedFile
  readonly presence: Presence
  /** The ledger is set to it. */
  readonly tally: Tally
  readonly numbers: Numbers
  /** What is in the store. */
  readonly found: Scan
}

/** Closes all of it, the lock last. */
export async function closeAll({ store, passed, lock }: Opened): Promise<void> {
  await store.close()
  passed.close()
  await lock.release()
}
