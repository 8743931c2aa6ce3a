/** A client that is thrown away when it cannot be trusted, and built again on next use. */
import { Unavailable } from '../errors.ts'
import type { Emit } from '../events.ts'
import { before, within } from '../lib/deadline.ts'
import { type Diagnosis, diagnose } from './kafka-errors.ts'

/** Milliseconds. */
export interface RebuildLimits {
  /** No call takes longer; the client that lets one hang is thrown away. */
  readonly deadlineMs: number
  /** A client that fails for so long, with no success and no answer of a broker in between, is thrown away. */
  readonly silentMs: number
  /** What an orderly end may take. */
  readonly closeMs: number
  /** A request that takes longer is said while it is under way. */
  readonly slowMs: number
}

/** What a client can be made to do. */
export interface Rebuilt {
  /** Ends in order. May hang or reject. */
  close(): Promise<void>
  /** Ends at once: nothing is sent any more. Never throws. */
  destroy(): void
}

/** Whose client it is. */
interface Library {
  readonly system: string
  readonly diagnose: (thrown: unknown) => Diagnosis
}

const KAFKA: Library = { system: 'Kafka', diagnose }

/** Looks for slow requests in the time that one may take. */
const SLOW_LOOKS = 4

/**
 * Runs calls on the present client.
 *
 * A client is thrown away when a call outlives its deadline, when it fails in a way that no client should, and when it was
 * used in vain for `silentMs`. It is destroyed at once, so that what it still held can never be sent behind a later write.
 */
export class Rebuilding<C extends Rebuilt> {
  readonly #build: () => C
  readonly #limits: RebuildLimits
  readonly #emit: Emit
  readonly #library: Library
  #client: C | undefined
  #failingSince: number | undefined
  /** When Kafka last stopped answering; undefined while it answers. */
  #lostAt: number | undefined
  #connected = false
  #closed = false
  /** When each call under way began. */
  readonly #begun = new Set<{ readonly at: number }>()
  readonly #watch: NodeJS.Timeout

  constructor(build: () => C, limits: RebuildLimits, emit: Emit, library: Library = KAFKA) {
    this.#library = library
    this.#build = build
    this.#limits = limits
    this.#emit = emit
    this.#watch = setInterval(() => this.#lookForSlow(), limits.slowMs / SLOW_LOOKS).unref()
  }

  /** Resolves as `use` does; rejects with `Unavailable` only, within the deadline, which begins at `notBefore` (monotonic clock) at the earliest. */
  async run<T>(use: (client: C) => Promise<T>, notBefore: () => number = () => 0): Promise<T> {
    if (this.#closed) throw new Unavailable('connect', 'the sink is closed')
    let client: C | undefined
    let late = false
    const call = { at: performance.now() }
    this.#begun.add(call)
    try {
      this.#client ??= this.#build()
      client = this.#client
      const endsAt = (): number => Math.max(call.at, notBefore()) + this.#limits.deadlineMs
      const result = await before(use(client), endsAt, () => {
        late = true
        return new Unavailable('timeout', `${this.#library.system} did not answer within ${this.#limits.deadlineMs} ms`)
      })
      this.#succeeded(client)
      return result
    } catch (thrown) {
      const { error, answered, broken } = this.#library.diagnose(thrown)
      if (client && client === this.#client) this.#failed(client, error, answered, broken || late)
      throw error
    } finally {
      this.#begun.delete(call)
    }
  }

  /** Ends in order if that goes quickly, else by force. Never rejects; later calls are refused. */
  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#watch)
    const client = this.#client
    this.#client = undefined
    if (!client) return
    const given = new Unavailable('timeout', `the ${this.#library.system} client did not close`)
    await within(client.close(), this.#limits.closeMs, () => given).catch(() => {})
    client.destroy()
  }

  #succeeded(client: C): void {
    if (client === this.#client) this.#failingSince = undefined
    this.#answered()
  }

  #answered(): void {
    if (this.#connected && this.#lostAt === undefined) return
    const lostMs = this.#lostAt === undefined ? 0 : performance.now() - this.#lostAt
    this.#connected = true
    this.#lostAt = undefined
    this.#emit({ type: 'kafka.connected', lostMs })
  }

  /** `waitedMs`: a request is under way for so long; 0: one has failed. */
  #lost(detail: string, waitedMs: number): void {
    if (!this.#connected || this.#lostAt !== undefined) return
    this.#lostAt = performance.now() - waitedMs
    this.#emit({ type: 'kafka.lost', detail, waitedMs })
  }

  #lookForSlow(): void {
    const [oldest] = this.#begun
    const waitedMs = oldest ? performance.now() - oldest.at : 0
    if (waitedMs >= this.#limits.slowMs) this.#lost('a request is not answered', waitedMs)
  }

  #failed(client: C, error: Unavailable, answered: boolean, broken: boolean): void {
    const now = performance.now()
    if (answered) this.#answered()
    else this.#lost(error.message, 0)
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
