/** Slices of synchronous work: the event loop gets its turn at least every `limitMs`. */

const LOOK_EVERY = 64
const KIB_SHIFT = 10

/** `isOver` is cheap enough to ask per message (it reads the clock every 64th time, sooner for large ones); `yield` lets timers and sockets run. */
export class Slice {
  readonly #limitMs: number
  #startedAt = performance.now()
  #asked = 0

  constructor(limitMs = 8) {
    this.#limitMs = limitMs
  }

  /** `bytes`: size of the message that comes next; a KiB counts as one more. */
  isOver(bytes: number): boolean {
    this.#asked += 1 + (bytes >> KIB_SHIFT)
    if (this.#asked < LOOK_EVERY) return false
    this.#asked = 0
    return performance.now() - this.#startedAt > this.#limitMs
  }

  async yield(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve))
    this.#startedAt = performance.now()
  }
}
