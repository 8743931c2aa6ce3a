/** Requests to reload the configuration, from SIGHUP and from code. */

/** Requests during a reload are merged into one. */
export interface ReloadRequests {
  /** Resolves when a request has come since the last call, or when `signal` aborts. One call at a time. */
  next(signal: AbortSignal): Promise<void>
  request(): void
}

/** Makes SIGHUP a reload request. */
export function reloadSignal(): ReloadRequests {
  let isPending = false
  let wake = (): void => {}
  const request = (): void => {
    isPending = true
    wake()
  }
  process.on('SIGHUP', request)
  return {
    request,
    async next(signal) {
      if (!isPending && !signal.aborted) {
        await new Promise<void>((resolve) => {
          wake = resolve
          signal.addEventListener('abort', wake)
        })
        signal.removeEventListener('abort', wake)
      }
      isPending = false
    },
  }
}
