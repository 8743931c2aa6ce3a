/** Requests to a daemon to read its configuration again: the signal, and what else asks. */

/** Requests that come while one is under way are one more. */
export interface ReloadRequests {
  /** Resolves when there was a request since the last time, or when `signal` aborts. One call at a time. */
  next(signal: AbortSignal): Promise<void>
  request(): void
}

/** From now on SIGHUP does not end the process, but is a request. */
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
