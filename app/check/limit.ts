/** Limits concurrency. */

/** Runs `work` when a place is free, and settles as it does. */
export type Limited = <T>(work: () => Promise<T>) => Promise<T>

/** Allows `places` concurrent calls; further calls wait in order. */
export function concurrencyLimit(places: number): Limited {
  let free = places
  const waiting: (() => void)[] = []
  return async (work) => {
    if (free > 0) free--
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else free++
    }
  }
}
