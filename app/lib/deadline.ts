/** A limit of time for a promise that has none of its own. */

/**
 * Ends as `promise` does, or rejects with `late()` after `ms` milliseconds, whichever comes first.
 * What the promise does after that is ignored, a rejection too.
 */
export function within<T>(promise: Promise<T>, ms: number, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), ms)
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
