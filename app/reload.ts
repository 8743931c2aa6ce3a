/** Another configuration while the daemon runs: checked as a whole, then applied, or refused as a whole. */
import { isDeepStrictEqual } from 'node:util'
import { houseNames } from './config/index.ts'
import { ConfigError, sentenceOf, Unusable } from './errors.ts'
import type { Emit } from './events.ts'
import type { Difference } from './feeds/difference.ts'
import type { Feeds } from './feeds/index.ts'
import { type Config, kinds } from './kinds.ts'
import { settingName } from './lib/setting-names.ts'
import { Turns } from './lib/turns.ts'
import { writesToStdout } from './produce/systems.ts'
import { refuseUnusable, renew, withoutRenewable } from './renewal.ts'

/** How to name what is put together of several settings. */
const PARTS: Partial<Record<keyof Config, (config: Config) => string>> = {
  sink: ({ kafka }) => settingName(kafka.names, 'KAFKA_CLIENT'),
  kafka: ({ kafka }) => `${settingName(kafka.names, 'BOOTSTRAP_SERVERS')} or another setting of Kafka`,
  registry: ({ registry }) =>
    `${settingName(registry.names, 'SCHEMA_REGISTRY_URL')} or another setting of the registry`,
  lane: ({ names }) => `${settingName(names, 'LANE_DIR')} or another setting of where lanes are`,
  labels: () => 'a label of metrics (DID_PROVIDER, SSI_VALIDATION, CACHE_DID, PROCESSING_MODE)',
}
/** What may change: the feeds, what they take from settings of the daemon, and what `PARTS` names already. */
const FREE: ReadonlySet<string> = new Set([
  'feeds',
  'handshakeTimeoutMs',
  'secrets',
  'names',
  'warnings',
  'laneDir',
  'laneSync',
  // Until the next start they go where they went.
  'gapSink',
] satisfies (keyof Config)[])
const MOST_NAMES = 20

/** One for the daemon. */
export class Reload {
  readonly #config: Config
  readonly #feeds: Feeds
  readonly #emit: Emit
  /** What the configuration in force was warned of. */
  #warned: ReadonlySet<string>
  readonly #turns = new Turns()
  readonly #stopped = new AbortController()

  /** `config` is the one that the daemon was started with. */
  constructor(config: Config, feeds: Feeds, emit: Emit) {
    this.#config = config
    this.#feeds = feeds
    this.#warned = new Set(config.warnings.map(sentenceOf))
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

  #warn({ warnings }: Config): void {
    const sentences = warnings.map(sentenceOf)
    for (const warning of sentences) if (!this.#warned.has(warning)) this.#emit({ type: 'daemon.warned', warning })
    this.#warned = new Set(sentences)
  }

  async #reload(read: () => Promise<Config>): Promise<boolean> {
    const { signal } = this.#stopped
    try {
      signal.throwIfAborted()
      const config = await read()
      this.#config.secrets.adopt(config.secrets)
      refuseFixed(this.#config, config)
      refuseUnusable(config)
      const changes = await this.#feeds.apply(config.feeds, signal)
      const renewed = renew(this.#config, config)
      this.#warn(config)
      this.#emit({ type: 'config.reloaded', changes: inWords(changes, renewed) })
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

function refuseFixed(before: Config, wanted: Config): void {
  const names = houseNames(kinds)
  const [present, changing] = [withoutRenewable(before), withoutRenewable(wanted)]
  const keys = (Object.keys(present) as (keyof Config)[]).filter((key) => !FREE.has(key))
  const changed = keys
    .filter((key) => !isDeepStrictEqual(present[key], changing[key]))
    .map((key) => PARTS[key]?.(wanted) ?? settingName(wanted.names, names.get(key) ?? key))
  if (writesToStdout(wanted) && !writesToStdout(before)) changed.push('the first feed that writes to standard output')
  if (changed.length === 0) return
  const cure = 'restart the daemon, or take it back'
  throw new ConfigError(
    changed.map((what) => ({ setting: undefined, text: `${what} cannot change while the daemon runs`, cure })),
  )
}

function inWords({ added, removed, restarted, adjusted }: Difference, renewed: readonly string[]): string {
  const names = (feeds: Difference['added']): string[] => feeds.map(({ name }) => name)
  const parts = [
    ['added', names(added)],
    ['removed', removed],
    ['starting again', names(restarted)],
    ['with other sources or bounds', names(adjusted)],
  ] as const
  const words = parts.filter(([, all]) => all.length > 0).map(([what, all]) => `${what}: ${listed(all)}`)
  const feeds = words.length === 0 ? 'no feed has changed' : `feeds ${words.join('; ')}`
  const whose = renewed.join(' and ')
  return renewed.length === 0 ? feeds : `${feeds}; certificates or credentials of ${whose} from the next connection on`
}

function listed(names: readonly string[]): string {
  const more = names.length - MOST_NAMES
  return names.slice(0, MOST_NAMES).join(', ') + (more > 0 ? ` and ${more} more` : '')
}
