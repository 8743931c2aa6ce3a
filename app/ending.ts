/** How a run comes to its end: what is closed, what is left, and that it ends. */
import type { FeedParts } from './feed.ts'
import { ledgerReport } from './ledger.ts'
import { within } from './lib/deadline.ts'
import type { Scope } from './lib/scope.ts'

/** Closing may take so long at least, in milliseconds, however little of DRAIN_TIMEOUT is left. */
const CLOSE_MS = 1_500

/** How it came to its end. */
export interface LifeEnd {
  /** Where nothing is left undelivered. */
  readonly code: number
  /** When all must be over, on the monotonic clock in milliseconds. */
  readonly deadline: number
  /** Something that was begun has not come back. */
  readonly isStuck: boolean
}

/** Resolves with whether `work` has ended after `ms`, well or not. */
export function settles(work: Promise<unknown>, ms: number): Promise<boolean> {
  return inTime(
    work.catch(() => {}),
    ms,
  )
}

/** Resolves with whether all is closed by `deadline`. */
export function close(scope: Scope, deadline = 0): Promise<boolean> {
  const ms = Math.max(CLOSE_MS, deadline - performance.now())
  return inTime(scope.close(), ms)
}

/** Resolves with whether `work` has ended after `ms`; rejects when it does. */
async function inTime(work: Promise<unknown>, ms: number): Promise<boolean> {
  const late = new Error('late')
  try {
    await within(work, ms, () => late)
    return true
  } catch (error) {
    if (error !== late) throw error
    return false
  }
}

/** Messages that the next start will find, and those that nobody will. */
export function remains(parts: ReadonlyMap<string, FeedParts>): {
  readonly kept: number
  readonly undelivered: number
} {
  let [kept, held] = [0, 0]
  for (const { lane } of parts.values()) {
    kept += lane.held.kept
    held += lane.held.messages
  }
  return { kept, undelivered: held - kept }
}

/** The sums of every feed, as the last log line has them. */
export function ledgers(parts: ReadonlyMap<string, FeedParts>): Record<string, ReturnType<typeof ledgerReport>> {
  return Object.fromEntries(
    [...parts].map(([name, { ledger, lane }]) => [name, ledgerReport(ledger, lane.held.messages)]),
  )
}
