/** The dial rate: one line per host, first come first served, shared by all sources. */

/** `pass` resolves when a dial to `host` may begin, or when `signal` aborts; never rejects. */
export interface Gate {
  pass(host: string, signal: AbortSignal): Promise<void>
}

/** Dials that may go at once after a rest: a second's worth, but no crowd. */
const LARGEST_BURST = 5

/** Lets `perSecond` dials per second and host through (fractions are fine), evenly spaced after a small burst. */
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

/** Hosts come and go with the feeds: those without a debt are as good as new. */
function addLine(lines: Map<string, Line>, host: string, line: Line): Line {
  for (const [other, { isAtRest }] of lines) if (isAtRest) lines.delete(other)
  lines.set(host, line)
  return line
}

/** How long to wait, and, for one who goes now, the debt it leaves behind; milliseconds on a monotonic clock. */
export interface Slot {
  readonly waitMs: number
  readonly paidAt: number
}

/** The generic cell rate algorithm: `paidAt` is when all earlier dials are paid for, at one per `spacingMs`. */
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

  /** Nobody waits, and all dials are paid for. */
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
      // Who leaves takes no turn: those behind move up.
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
