/** Slices of synchronous work: the event loop gets its turn at least every `limitMs`. */

const LOOK_EVERY = 64

/** `isOver` is cheap enough to ask per message (it reads the clock every 64th time); `yield` lets timers and sockets run. */
export class Slice {
  readonly #limitMs: number
  #startedAt = performance.now()
  #asked = 0

  constructor(limitMs = 8) {
    this.#limitMs = limitMs
  }

  isOver(): boolean {
    if (++this.#asked < LOOK_EVERY) return false
    this.#asked = 0
    return performance.now() - this.#startedAt > this.#limitMs
  }

  async yield(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve))
    this.#startedAt = performance.now()
  }
}
