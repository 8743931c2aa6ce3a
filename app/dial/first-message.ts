/** An upstream that is open and has never said anything: perhaps it waits to be asked. */

/** Long enough for an upstream that speaks by itself, in milliseconds. */
const QUIET_AFTER_MS = 30_000

/** One per source, over all its connections. */
export class FirstMessage {
  readonly #patienceMs: number
  readonly #tell: ((openMs: number) => void) | undefined
  #timer: NodeJS.Timeout | undefined
  #isOver = false

  /** `tell` is called once, when a connection has been open for `patienceMs` and no message has ever come. */
  constructor(tell: ((openMs: number) => void) | undefined, patienceMs: number = QUIET_AFTER_MS) {
    this.#tell = tell
    this.#patienceMs = patienceMs
    this.#isOver = tell === undefined
  }

  /** Whether it still matters that a message comes. */
  get isAwaited(): boolean {
    return !this.#isOver
  }

  /** A connection is open. While `isHeldUp` says that it is not read, no time passes. */
  opened(isHeldUp: () => boolean): void {
    if (this.#isOver) return
    this.#timer = setTimeout(() => {
      if (isHeldUp()) return this.opened(isHeldUp)
      this.heard()
      this.#tell?.(this.#patienceMs)
    }, this.#patienceMs).unref()
  }

  /** A message has come. */
  heard(): void {
    this.#isOver = true
    this.closed()
  }

  closed(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
