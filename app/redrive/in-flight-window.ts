/** The records under way to Kafka: a bounded window, abandoned when no acknowledgement arrives in time. */
import type { Load } from '../lane/one-batch.ts'
import { Notifier } from '../lib/notifier.ts'

/** At either limit, the next batch waits. */
const MOST_IN_FLIGHT = { messages: 10_000, bytes: 16 * 1024 * 1024 }
const LOOK_EVERY_MS = 250

/**
 * Counts batches in and out. `ended` aborts on `stop`, and when no batch has left for `patienceMs` while some are in flight
 * (0: never); then `stuck` is called with the reason.
 */
export class InFlightWindow {
  readonly #changed = new Notifier()
  readonly #ended = new AbortController()
  readonly #timer: NodeJS.Timeout
  #messages = 0
  #bytes = 0
  #movedAt = performance.now()

  constructor(patienceMs: number, stuck: (what: string) => void) {
    const look = (): void => {
      if (patienceMs === 0 || this.#messages === 0 || performance.now() - this.#movedAt <= patienceMs) return
      this.stop()
      stuck(`nothing was acknowledged for ${patienceMs} ms (STARTUP_TIMEOUT): given up`)
    }
    this.#timer = setInterval(look, LOOK_EVERY_MS).unref()
  }

  get ended(): AbortSignal {
    return this.#ended.signal
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#ended.abort()
  }

  /** Waits for room. Returns false when the window has ended. */
  async enter({ messages, bytes }: Load): Promise<boolean> {
    while (this.#isFull() && !this.ended.aborted) await this.#changed.wait(this.ended)
    if (this.ended.aborted) return false
    if (this.#messages === 0) this.#movedAt = performance.now()
    this.#messages += messages.length
    this.#bytes += bytes
    return true
  }

  leave({ messages, bytes }: Load): void {
    this.#movedAt = performance.now()
    this.#messages -= messages.length
    this.#bytes -= bytes
    this.#changed.notify()
  }

  /** Waits until nothing is in flight, or the window has ended. */
  async drained(): Promise<void> {
    while (this.#messages > 0 && !this.ended.aborted) await this.#changed.wait(this.ended)
  }

  #isFull(): boolean {
    return this.#messages >= MOST_IN_FLIGHT.messages || this.#bytes >= MOST_IN_FLIGHT.bytes
  }
}
