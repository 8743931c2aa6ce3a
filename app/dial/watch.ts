/** Looking at a peer from time to time without blaming it for our own absence. */

/** Fired this much too late, a timer says that the process stood still (SIGSTOP, a blocked event loop), not the peer. */
const STALL_MS = 1_000
const LONGEST_TIMER_MS = 2 ** 31 - 1

/**
 * Calls `check` every `periodMs`, each time after the sockets have been read once, so that an answer that is already
 * there counts. `stalled`: we were away ourselves, the peer deserves a new deadline. Returns what ends it.
 */
export function watch(periodMs: number, check: (stalled: boolean) => void): () => void {
  const period = Math.min(periodMs, LONGEST_TIMER_MS)
  let due = performance.now() + period
  let reading: NodeJS.Immediate | undefined
  const timer = setInterval(() => {
    const now = performance.now()
    const stalled = now - due > STALL_MS
    due = now + period
    reading = setImmediate(check, stalled)
  }, period)
  return () => {
    clearInterval(timer)
    clearImmediate(reading)
  }
}
