/** A limit of time for a promise that has none of its own. */

/**
 * Ends as `promise` does, or rejects with `late()` after `ms` milliseconds, whichever comes first.
 * What the promise does after that is ignored, a rejection too.
 */
export function within<T>(promise: Promise<T>, ms: number, late: () => Error): Promise<T> {
  const endsAt = performance.now() + ms
  return before(promise, () => endsAt, late)
}

/** As `within`, with an end that may move away: `endsAt` says where it is now, on the monotonic clock, whenever it seems reached. */
export function before<T>(promise: Promise<T>, endsAt: () => number, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout
    const look = (): void => {
      const ms = endsAt() - performance.now()
      // Timers may fire a little early.
      if (ms < 1) reject(late())
      else timer = setTimeout(look, ms)
    }
    timer = setTimeout(look, endsAt() - performance.now())
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
