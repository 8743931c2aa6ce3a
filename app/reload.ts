/** Another configuration while the daemon runs: checked as a whole, then applied, or refused as a whole. */
import { isDeepStrictEqual } from 'node:util'
import { houseNames } from './config/index.ts'
import { ConfigError, Unusable } from './errors.ts'
import type { Emit } from './events.ts'
import type { Difference } from './feeds/difference.ts'
import type { Feeds } from './feeds/index.ts'
import { type Config, kinds } from './kinds.ts'
import { Turns } from './lib/turns.ts'

/** What is put together of several settings: in words. */
const PARTS: Partial<Record<keyof Config, string>> = {
  sink: 'KAFKA_CLIENT',
  kafka: 'how Kafka is reached (BOOTSTRAP_SERVERS, KAFKA_…)',
  registry: 'how the registry is reached (SCHEMA_REGISTRY_…)',
  lane: 'where lanes are (LANE, LANE_DIR, LANE_SYNC)',
  labels: 'the labels of metrics (DID_PROVIDER, SSI_VALIDATION, CACHE_DID, PROCESSING_MODE)',
}
/** What may change: the feeds, what they take from settings of the daemon, and what is told by `PARTS` already. */
const FREE: ReadonlySet<string> = new Set([
  'feeds',
  'handshakeTimeoutMs',
  'secrets',
  'names',
  'warnings',
  'laneDir',
  'laneSync',
] satisfies (keyof Config)[])
const MOST_NAMES = 20

/** One for the daemon. */
export class Reload {
  readonly #config: Config
  readonly #feeds: Feeds
  readonly #emit: Emit
  readonly #turns = new Turns()
  readonly #stopped = new AbortController()

  /** `config` is the one that the daemon was started with. */
  constructor(config: Config, feeds: Feeds, emit: Emit) {
    this.#config = config
    this.#feeds = feeds
    this.#emit = emit
  }

  /**
   * Puts in force what `read` resolves to, one after the other. Resolves with whether it did; otherwise everything is as it was, and
   * the log says why: `read` threw a `ConfigError`, something differs that only a start can change, or a lane cannot be opened.
   * Rejects for a bug of ours.
   */
  reload(read: () => Promise<Config>): Promise<boolean> {
    return this.#turns.run(() => this.#reload(read))
  }

  /** Ends what is under way; resolves when nothing is. */
  async stop(): Promise<void> {
    this.#stopped.abort()
    await this.#turns.run(async () => {})
  }

  async #reload(read: () => Promise<Config>): Promise<boolean> {
    const { signal } = this.#stopped
    try {
      signal.throwIfAborted()
      const config = await read()
      this.#config.secrets.adopt(config.secrets)
      refuseFixed(this.#config, config)
      const changes = await this.#feeds.apply(config.feeds, signal)
      for (const { text } of config.warnings) this.#emit({ type: 'daemon.warned', warning: text })
      this.#emit({ type: 'config.reloaded', changes: inWords(changes) })
      return true
    } catch (error) {
      if (signal.aborted) return false
      if (!(error instanceof ConfigError) && !(error instanceof Unusable)) throw error
      const problems = error instanceof ConfigError ? error.problems.join(' ') : error.message
      this.#emit({ type: 'config.refused', problems })
      return false
    }
  }
}

function refuseFixed(present: Config, wanted: Config): void {
  const names = houseNames(kinds)
  const keys = (Object.keys(present) as (keyof Config)[]).filter((key) => !FREE.has(key))
  const changed = keys
    .filter((key) => !isDeepStrictEqual(present[key], wanted[key]))
    .map((key) => PARTS[key] ?? names.get(key) ?? key)
  if (changed.length === 0) return
  const cure = 'restart the daemon, or take it back'
  throw new ConfigError(
    changed.map((what) => ({ setting: undefined, text: `${what} cannot change while the daemon runs`, cure })),
  )
}

function inWords({ added, removed, restarted, adjusted }: Difference): string {
  const names = (feeds: Difference['added']): string[] => feeds.map(({ name }) => name)
  const parts = [
    ['added', names(added)],
    ['removed', removed],
    ['starting again', names(restarted)],
    ['with other sources or bounds', names(adjusted)],
  ] as const
  const words = parts.filter(([, all]) => all.length > 0).map(([what, all]) => `${what}: ${listed(all)}`)
  return words.length === 0 ? 'no feed has changed' : `feeds ${words.join('; ')}`
}

function listed(names: readonly string[]): string {
  const more = names.length - MOST_NAMES
  return names.slice(0, MOST_NAMES).join(', ') + (more > 0 ? ` and ${more} more` : '')
}
