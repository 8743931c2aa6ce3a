/** Detects an open upstream that has never sent a message; perhaps it waits for a subscription. */

/** Milliseconds; an upstream that needs no subscription sends a message sooner. */
const QUIET_AFTER_MS = 30_000

/** One per source, over all its connections. */
export class FirstMessage {
  readonly #patienceMs: number
  readonly #tell: ((openMs: number) => void) | undefined
  #timer: NodeJS.Timeout | undefined
  #isOver = false

  /** Calls `tell` once, when a connection has been open for `patienceMs` and no message has ever arrived. */
  constructor(tell: ((openMs: number) => void) | undefined, patienceMs: number = QUIET_AFTER_MS) {
    this.#tell = tell
    this.#patienceMs = patienceMs
    this.#isOver = tell === undefined
  }

  /** Whether no message has arrived and `tell` is still due. */
  get isAwaited(): boolean {
    return !this.#isOver
  }

  /** A connection is open. Starts the timer again if `isHeldUp` returns true at its end, since the socket was not read. */
  opened(isHeldUp: () => boolean): void {
    if (this.#isOver) return
    this.#timer = setTimeout(() => {
      if (isHeldUp()) return this.opened(isHeldUp)
      this.heard()
      this.#tell?.(this.#patienceMs)
    }, this.#patienceMs).unref()
  }

  /** A message has arrived. */
  heard(): void {
    this.#isOver = true
    this.closed()
  }

  closed(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
