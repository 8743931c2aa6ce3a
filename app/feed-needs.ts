/** What must be there before a feed can run, asked for all at once. */

import { Unavailable } from './errors.ts'
import { sleep } from './lib/sleep.ts'
import { STOPPED } from './lib/stopped.ts'

/** Resolves when something is there; throws `Unavailable` while it is not. */
export type Need = () => Promise<unknown>

/** How long one that failed is kept back for the others, so that one line names all. */
const GRACE_MS = 2_000

/**
 * Resolves with what is in the way of `needs`, in their order, once all of them have ended or `signal` aborts; with nothing when
 * all are there. `early` is told what is known `graceMs` after the first failure, where others have not ended by then. Throws what
 * is not `Unavailable`: a bug of ours.
 */
export async function attemptAll(
  needs: readonly Need[],
  signal: AbortSignal,
  early: (obstacles: readonly Unavailable[]) => void,
  graceMs: number = GRACE_MS,
): Promise<readonly Unavailable[]> {
  const found = needs.map((): Unavailable | undefined => undefined)
  const failed = Promise.withResolvers<void>()
  const known = (): readonly Unavailable[] => found.filter((one) => one !== undefined)
  const attempts = needs.map(async (need, at) => {
    try {
      await need()
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error
      found[at] = error
      failed.resolve()
    }
  })
  const over = new AbortController()
  const all = Promise.race([Promise.all(attempts), aborted(signal, over.signal)]).finally(() => over.abort(STOPPED))
  void failed.promise
    .then(() => sleep(graceMs, over.signal))
    .then(() => {
      if (!over.signal.aborted) early(known())
    })
  await all
  return known()
}

/** Resolves when `signal` aborts; leaves no listener behind once `over` does. */
export function aborted(signal: AbortSignal, over?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true, ...(over && { signal: over }) })
  })
}
