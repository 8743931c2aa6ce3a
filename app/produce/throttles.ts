/** Brokers that read nothing for a while, because a quota is used up (KIP-219): what is sent to one meanwhile only runs into its timeout. */
import { sleep } from '../lib/sleep.ts'

/** Longest throttle time that counts, in milliseconds; with Kafka's own defaults it is some 11 s. */
const MOST_MS = 60_000
const ANY = -1

/** Per broker: until when it reads nothing. Topic-partitions are named by any text of their own. */
export class Throttles {
  readonly #leaders = new Map<string, number>()
  /** On the monotonic clock. */
  readonly #until = new Map<number, number>()
  readonly #stop = new AbortController()

  /** `broker` leads the topic-partition. Without this, all brokers count as one. */
  leads(partition: string, broker: number): void {
    this.#leaders.set(partition, broker)
  }

  /** The broker of the topic-partition asked for `throttleMs`. */
  learn(partition: string, throttleMs: number): void {
    const until = performance.now() + Math.min(throttleMs, MOST_MS)
    if (throttleMs > 0) this.#until.set(this.#brokerOf(partition), until)
  }

  /** Until when the broker of the topic-partition reads nothing, on the monotonic clock; 0 where it reads. */
  until(partition: string): number {
    return this.#until.get(this.#brokerOf(partition)) ?? 0
  }

  /** Resolves when the broker of the topic-partition reads again, or when `close` was called. */
  async pass(partition: string): Promise<void> {
    for (let until = this.until(partition); until > performance.now(); until = this.until(partition)) {
      if (this.#stop.signal.aborted) return
      await sleep(until - performance.now(), this.#stop.signal)
    }
  }

  close(): void {
    this.#stop.abort()
  }

  #brokerOf(partition: string): number {
    return this.#leaders.get(partition) ?? ANY
  }
}
