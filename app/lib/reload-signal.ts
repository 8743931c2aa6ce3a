/** The signal that asks a daemon to read its configuration again. */
import { Notifier } from './notifier.ts'

/** Requests that come while one is under way are one more. */
export interface ReloadRequests {
  /** Resolves when there was a request since the last time, or when `signal` aborts. */
  next(signal: AbortSignal): Promise<void>
}

/** From now on SIGHUP does not end the process, but is a request. */
export function reloadSignal(): ReloadRequests {
  const asked = new Notifier()
  let isPending = false
  process.on('SIGHUP', () => {
    isPending = true
    asked.notify()
  })
  return {
    async next(signal) {
      if (!isPending) await asked.wait(signal)
      isPending = false
    },
  }
}
