/** A Kafka client that is thrown away when it cannot be trusted, and built again on next use. */
import { Unavailable } from '../errors.ts'
import type { Emit } from '../events.ts'
import { within } from '../lib/deadline.ts'
import type { KafkaClient } from './kafka-client.ts'
import { diagnose } from './kafka-errors.ts'

/** Milliseconds. */
export interface RebuildLimits {
  /** No call takes longer; the client that lets one hang is thrown away. */
  readonly deadlineMs: number
  /** A client that fails for so long, with no success and no answer of a broker in between, is thrown away. */
  readonly silentMs: number
  /** What an orderly end may take. */
  readonly closeMs: number
}

/**
 * Runs calls on the present client.
 *
 * A client is thrown away when a call outlives its deadline, when it fails in a way that no client should, and when it was
 * used in vain for `silentMs`. It is destroyed at once, so that what it still held can never be sent behind a later write.
 */
export class Rebuilding {
  readonly #build: () => KafkaClient
  readonly #limits: RebuildLimits
  readonly #emit: Emit
  #client: KafkaClient | undefined
  #failingSince: number | undefined
  #connected = false
  #closed = false

  constructor(build: () => KafkaClient, limits: RebuildLimits, emit: Emit) {
    this.#build = build
    this.#limits = limits
    this.#emit = emit
  }

  /** Resolves as `use` does; rejects with `Unavailable` only, within the deadline. */
  async run<T>(use: (client: KafkaClient) => Promise<T>): Promise<T> {
    if (this.#closed) throw new Unavailable('connect', 'the sink is closed')
    let client: KafkaClient | undefined
    let late = false
    try {
      this.#client ??= this.#build()
      client = this.#client
      const result = await within(use(client), this.#limits.deadlineMs, () => {
        late = true
        return new Unavailable('timeout', `Kafka did not answer within ${this.#limits.deadlineMs} ms`)
      })
      this.#succeeded(client)
      return result
    } catch (thrown) {
      const { error, answered, broken } = diagnose(thrown)
      if (client && client === this.#client) this.#failed(client, error, answered, broken || late)
      throw error
    }
  }

  /** Ends in order if that goes quickly, else by force. Never rejects; later calls are refused. */
  async close(): Promise<void> {
    this.#closed = true
    const client = this.#client
    this.#client = undefined
    if (!client) return
    const given = new Unavailable('timeout', 'the Kafka client did not close')
    await within(client.close(), this.#limits.closeMs, () => given).catch(() => {})
    client.destroy()
  }

  #succeeded(client: KafkaClient): void {
    if (client === this.#client) this.#failingSince = undefined
    if (this.#connected) return
    this.#connected = true
    this.#emit({ type: 'kafka.connected' })
  }

  #failed(client: KafkaClient, error: Unavailable, answered: boolean, broken: boolean): void {
    const now = performance.now()
    if (answered) this.#failingSince = undefined
    else this.#failingSince ??= now
    const silent = this.#failingSince !== undefined && now - this.#failingSince >= this.#limits.silentMs
    if (!broken && !silent) return
    this.#client = undefined
    this.#failingSince = undefined
    client.destroy()
    this.#emit({ type: 'producer.rebuilt', detail: error.message })
  }
}
