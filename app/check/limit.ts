/** A bound on how much is under way at once. */

/** Runs `work` as soon as one of its places is free, and ends as it does. */
export type Limited = <T>(work: () => Promise<T>) => Promise<T>

/** At most `places` at once; the others wait in order. */
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
