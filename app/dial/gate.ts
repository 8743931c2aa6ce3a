/** Limits the dial rate: one FIFO queue per host, shared by all sources. */

/** `pass` resolves when a dial to `host` may begin, or when `signal` aborts; never rejects. */
export interface Gate {
  pass(host: string, signal: AbortSignal): Promise<void>
}

/** Upper bound of the burst after a pause; the burst is otherwise one second of dials. */
const LARGEST_BURST = 5

/** Admits `perSecond` dials per second and host (fractions allowed), evenly spaced after a small burst. */
export function dialGate(perSecond: number): Gate {
  const spacingMs = 1_000 / perSecond
  const burst = Math.min(Math.max(1, Math.floor(perSecond)), LARGEST_BURST)
  const lines = new Map<string, Line>()
  return {
    pass: (host, signal) => {
      const line = lines.get(host) ?? addLine(lines, host, new Line(spacingMs, burst))
      return line.pass(signal)
    },
  }
}

/** Adds a host, and removes idle hosts, since feeds come and go. */
function addLine(lines: Map<string, Line>, host: string, line: Line): Line {
  for (const [other, { isAtRest }] of lines) if (isAtRest) lines.delete(other)
  lines.set(host, line)
  return line
}

/** Time to wait, and the `paidAt` that results from dialling now; milliseconds on a monotonic clock. */
export interface Slot {
  readonly waitMs: number
  readonly paidAt: number
}

/** The generic cell rate algorithm. `paidAt` is the time at which earlier dials, at one per `spacingMs`, are paid for. */
export function nextSlot(paidAt: number, now: number, spacingMs: number, burst: number): Slot {
  const from = Math.max(paidAt, now)
  const waitMs = Math.max(0, from - (burst - 1) * spacingMs - now)
  return { waitMs, paidAt: from + spacingMs }
}

class Line {
  readonly #spacingMs: number
  readonly #burst: number
  /** In order of arrival. */
  readonly #waiting = new Set<() => void>()
  #paidAt = 0
  #timer: NodeJS.Timeout | undefined

  constructor(spacingMs: number, burst: number) {
    this.#spacingMs = spacingMs
    this.#burst = burst
  }

  /** The queue is empty and all dials are paid for. */
  get isAtRest(): boolean {
    return this.#waiting.size === 0 && this.#paidAt < performance.now()
  }

  pass(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve()
      const go = (): void => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      // An aborted waiter uses no slot: later waiters move up.
      const leave = (): void => {
        this.#waiting.delete(go)
        if (this.#waiting.size === 0) this.#rest()
        resolve()
      }
      signal.addEventListener('abort', leave, { once: true })
      this.#waiting.add(go)
      if (this.#timer === undefined) this.#admit()
    })
  }

  #admit(): void {
    this.#timer = undefined
    for (const go of this.#waiting) {
      const slot = nextSlot(this.#paidAt, performance.now(), this.#spacingMs, this.#burst)
      if (slot.waitMs > 0) {
        this.#timer = setTimeout(() => this.#admit(), Math.ceil(slot.waitMs))
        return
      }
      this.#paidAt = slot.paidAt
      this.#waiting.delete(go)
      go()
    }
  }

  #rest(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
