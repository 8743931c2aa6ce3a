/** Looking at peers from time to time without blaming them for our own absence. */

/** Fired this much too late, a timer says that the process stood still (SIGSTOP, a blocked event loop), not the peer. */
const STALL_MS = 1_000
const LONGEST_TIMER_MS = 2 ** 31 - 1
/** Not all peers are looked at in the same moment, and the timer does not wake us more often than it must. */
const MOST_TURNS = 15
const FEWEST_TURNS = 5
const SHORTEST_TURN_MS = 250

type Check = (stalled: boolean) => void

const timers = new Map<number, SharedTimer>()

/**
 * Calls `check` every `periodMs`, each time after the sockets have been read once, so that an answer that is already
 * there counts. `stalled`: we were away ourselves, the peer deserves a new deadline. Returns what ends it.
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

/** Those who are looked at in the same moment, milliseconds on a monotonic clock. */
interface Turn {
  due: number
  readonly checks: Set<Check>
}

/** All who are looked at with the same period: one timer for all of them, which gives turn after turn. */
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

  /** Into the turn that is furthest away; answers it. */
  join(check: Check): Set<Check> {
    const { checks } = this.#turns.at(this.#next - 1) as Turn
    return checks.add(check)
  }

  /** Ends with the last who leaves. */
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
