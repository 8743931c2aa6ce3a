/** The open parts of a lane on disk. */
import type { Numbers } from '../numbers.ts'
import type { BypassCounts } from './bypass-counts.ts'
import type { Lock } from './lock.ts'
import type { Presence } from './presence.ts'
import type { SavedCounts } from './saved-counts.ts'
import type { Scan } from './scan.ts'
import type { Store } from './store.ts'

/** All parts, in one folder. */
export interface OpenLane {
  readonly folder: string
  readonly lock: Lock
  readonly store: Store
  readonly bypassed: BypassCounts
  readonly presence: Presence
  /** Also restored to the ledger. */
  readonly counts: SavedCounts
  readonly numbers: Numbers
  /** Content of the store at the start. */
  readonly found: Scan
}

/** Closes all parts, the lock last. */
export async function closeAll({ store, bypassed, lock }: OpenLane): Promise<void> {
  await store.close()
  bypassed.close()
  await lock.release()
}
