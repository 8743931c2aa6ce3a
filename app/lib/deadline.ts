/** Deadlines for promises. */

/**
 * Settles as `promise` does, or rejects with `late()` after `ms` milliseconds.
 * A later result or rejection of `promise` is ignored.
 */
export function within<T>(promise: Promise<T>, ms: number, late: () => Error): Promise<T> {
  const endsAt = performance.now() + ms
  return before(promise, () => endsAt, late)
}

/** As `within`, with a deadline that may move: `endsAt` returns it (monotonic clock, milliseconds). */
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
