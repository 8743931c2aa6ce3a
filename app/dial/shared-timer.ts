/** Periodic checks of peers with few timers. Detects stalls of our own process, so that peers are not blamed. */

/** A timer that fires this late shows a stall of our process (SIGSTOP, blocked event loop). */
const STALL_MS = 1_000
const LONGEST_TIMER_MS = 2 ** 31 - 1
/** Turns per period: enough to spread the checks, few enough to limit wake-ups. */
const MOST_TURNS = 15
const FEWEST_TURNS = 5
const SHORTEST_TURN_MS = 250

type Check = (stalled: boolean) => void

const timers = new Map<number, SharedTimer>()

/**
 * Calls `check` every `periodMs`, each time after the sockets were read, so that answers already received count. `stalled`: our
 * process was suspended, so the peer gets a new deadline. Returns a function that stops the checks.
 */
export function checkEvery(periodMs: number, check: Check): () => void {
  const timer = timers.get(periodMs) ?? new SharedTimer(periodMs)
  timers.set(periodMs, timer)
  const peers = timer.join(check)
  return () => {
    peers.delete(check)
    if (timer.isOver()) timers.delete(periodMs)
  }
}

/** Checks that run together; `due` is milliseconds on a monotonic clock. */
interface Turn {
  due: number
  readonly checks: Set<Check>
}

/** One timer for all checks of the same period, which are spread over several turns. */
class SharedTimer {
  readonly #periodMs: number
  readonly #turns: readonly Turn[]
  readonly #timer: NodeJS.Timeout
  #next = 0

  constructor(periodMs: number) {
    const count = Math.min(MOST_TURNS, Math.max(FEWEST_TURNS, Math.floor(periodMs / SHORTEST_TURN_MS)))
    const turnMs = Math.min(Math.ceil(periodMs / count), LONGEST_TIMER_MS)
    const now = performance.now()
    this.#periodMs = turnMs * count
    this.#turns = Array.from({ length: count }, (_, at) => ({ due: now + turnMs * (at + 1), checks: new Set() }))
    this.#timer = setInterval(() => this.#take(), turnMs)
  }

  /** Adds `check` to the turn furthest in the future, and returns the checks of that turn. */
  join(check: Check): Set<Check> {
    const { checks } = this.#turns.at(this.#next - 1) as Turn
    return checks.add(check)
  }

  /** Stops the timer when no check is left. */
  isOver(): boolean {
    if (this.#turns.some(({ checks }) => checks.size > 0)) return false
    clearInterval(this.#timer)
    return true
  }

  #take(): void {
    const turn = this.#turns[this.#next] as Turn
    this.#next = (this.#next + 1) % this.#turns.length
    const now = performance.now()
    const stalled = now - turn.due > STALL_MS
    turn.due = now + this.#periodMs
    setImmediate(() => {
      for (const check of turn.checks) check(stalled)
    })
  }
}
