/** The silence limit: detects a connected upstream that sends no message for too long. */
import type { SilenceLimit } from './learned-silence.ts'
import { checkEvery } from './shared-timer.ts'

/** Checks per limit: silence is detected at most a tenth late. */
const LOOKS_PER_LIMIT = 10

/** Call `heard` when messages were taken. */
export interface Silence {
  heard(): void
  stop(): void
}

/** Calls `silent` after `limit.limitMs` without messages. The clock restarts while `isHeldUp` returns true, since our side is slow. */
export function silence(limit: SilenceLimit, isHeldUp: () => boolean, silent: (limitMs: number) => void): Silence {
  let since = performance.now()
  limit.opened(since)
  const stop = checkEvery(limit.shortestMs / LOOKS_PER_LIMIT, (stalled) => {
    const now = performance.now()
    if (stalled || isHeldUp()) since = now
    else if (now - since >= limit.limitMs) {
      stop()
      silent(limit.limitMs)
    }
  })
  return {
    heard() {
      const now = performance.now()
      limit.heard(now, now - since)
      since = now
    },
    stop,
  }
}
