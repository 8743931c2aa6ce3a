/** The silence limit: an upstream that is connected and says nothing for too long. */
import type { SilenceLimit } from './learned-silence.ts'
import { checkEvery } from './shared-timer.ts'

/** Looks per limit: silence is noticed at most a tenth late. */
const LOOKS_PER_LIMIT = 10

/** `heard`: messages were just taken. */
export interface Silence {
  heard(): void
  stop(): void
}

/** Calls `silent` when nothing was heard for as long as `limit` says. While `isHeldUp` says that we are the slow ones, no time passes. */
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
