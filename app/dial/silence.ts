/** The silence limit: an upstream that is connected and says nothing for too long. */
import { watch } from './watch.ts'

/** Looks per limit: silence is noticed at most a tenth late. */
const LOOKS = 10

/** `heard`: messages were just taken. */
export interface Silence {
  heard(): void
  stop(): void
}

/** Calls `silent` when nothing was heard for `limitMs`. While `isHeldUp` says that we are the slow ones, no time passes. */
export function silence(limitMs: number, isHeldUp: () => boolean, silent: () => void): Silence {
  let since = performance.now()
  const heard = (): void => {
    since = performance.now()
  }
  const stop = watch(limitMs / LOOKS, (stalled) => {
    if (stalled || isHeldUp()) heard()
    else if (performance.now() - since >= limitMs) silent()
  })
  return { heard, stop }
}
