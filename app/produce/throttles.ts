/** Brokers that read nothing for a while, because a quota is used up (KIP-219): what is sent to one meanwhile only runs into its timeout. */
import { sleep } from '../lib/sleep.ts'

/** Longest throttle time that is waited for at once, in milliseconds; Kafka's own default window allows some 11 s. */
const MOST_MS = 60_000
const ANY = -1

/** Per topic-partition: until when its broker is not written to. */
export class Throttles {
  readonly #brokers = new Map<string, number>()
  /** On the monotonic clock, by broker. */
  readonly #until = new Map<number, number>()
  readonly #stop = new AbortController()

  /** `broker` (undefined: the client does not tell) leads the partition, and asked for `throttleMs`. */
  learn(partition: string, broker: number | undefined, throttleMs: number): void {
    const who = broker ?? ANY
    this.#brokers.set(partition, who)
    if (throttleMs > 0) this.#until.set(who, performance.now() + Math.min(throttleMs, MOST_MS))
  }

  /** Resolves when the broker that led the partition last reads again, or when `close` was called. */
  async pass(partition: string): Promise<void> {
    const who = this.#brokers.get(partition) ?? ANY
    const until = this.#until.get(who)
    if (until === undefined) return
    await sleep(until - performance.now(), this.#stop.signal)
    if (this.#until.get(who) === until) this.#until.delete(who)
  }

  close(): void {
    this.#stop.abort()
  }
}
