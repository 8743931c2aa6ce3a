/** The environment into one checked `Config`. Every setting is declared once, under tables/. */
import { ConfigError } from '../errors.ts'
import { readFeeds } from './feeds.ts'
import { kafkaConfig } from './kafka.ts'
import { laneConfig } from './lane.ts'
import { type Env, lookup, lookupAny } from './lookup.ts'
import { registryConfig } from './registry.ts'
import { emptyReport, type Report } from './report.ts'
import { knownSecrets } from './secrets.ts'
import type { Choices, Settings, Values } from './setting.ts'
import { daemonSettings } from './tables/daemon.ts'
import { kafkaSettings, registrySettings, securitySettings } from './tables/kafka.ts'
import { laneSettings } from './tables/lane.ts'
import type { CommonLabels, Config, FeedConfig, KafkaConfig, LaneConfig } from './types.ts'
import { unknownWarnings } from './unknown.ts'
import { validate } from './validate.ts'

export { describeSettings, type SettingDescription } from './describe.ts'
export type { Choices } from './setting.ts'

/**
 * Reads and checks the whole configuration. Synchronous: `…_FILE` files are read here, and the disk is waited for.
 * Throws a `ConfigError` with every problem at once, each a sentence that names the variable and the cure, without secrets.
 */
export function readConfig(env: Env, choices: Choices): Config {
  const report = emptyReport()
  const read = <S extends Settings>(table: S): Values<S> =>
    validate(table, (name) => lookupAny(env, [name, ...(table[name]?.aliases ?? [])], report), report)
  const kafkaTable = kafkaSettings(choices, !isOffline(env, choices))
  const kafka = read(kafkaTable)
  const kafkaPart = kafkaConfig(kafka, read(securitySettings), report)
  const registry = registryConfig(read(registrySettings), report)
  const daemon = read(daemonSettings)
  const { lane, laneMaxBytes } = laneConfig(read(laneSettings(choices)), choices, report)
  const shared = {
    handshakeTimeoutMs: daemon.HANDSHAKE_TIMEOUT,
    presetSilenceMs: daemon.PRODUCER_TIMEOUT,
    laneMaxBytes,
  }
  const feeds = readFeeds(env, choices, shared, report)
  checkOwnTopics(feeds, daemon, report)
  report.warnings.push(
    ...unknownWarnings(env, Object.keys({ ...kafkaTable, ...securitySettings, ...registrySettings })),
  )
  if (report.problems.length > 0) throw new ConfigError([...new Set(report.problems)])
  return {
    feeds,
    sink: kafka.KAFKA_CLIENT,
    kafka: kafkaPart,
    registry,
    lane,
    ...daemonPart(daemon),
    secrets: knownSecrets(report.texts, daemon.URL_PATHS),
    warnings: report.warnings,
  }
}

/** Topics for what is not a feed's record: dead letters are no Avro, and gap records are of another schema. */
function checkOwnTopics(feeds: readonly FeedConfig[], daemon: Values<typeof daemonSettings>, report: Report): void {
  const { DEAD_LETTER_TOPIC, GAPS_TOPIC } = daemon
  for (const [variable, topic] of Object.entries({ DEAD_LETTER_TOPIC, GAPS_TOPIC })) {
    const feed = feeds.find(({ schema }) => schema === topic)
    if (feed) report.problems.push(`${variable} is the topic of feed ${feed.name}: choose one of its own.`)
  }
  if (GAPS_TOPIC !== undefined && GAPS_TOPIC === DEAD_LETTER_TOPIC) {
    report.problems.push('GAPS_TOPIC and DEAD_LETTER_TOPIC are the same: choose two topics.')
  }
}

function isOffline(env: Env, { sinks }: Choices): boolean {
  const name = lookup(env, 'KAFKA_CLIENT', emptyReport())?.text?.trim().toLowerCase() ?? ''
  return sinks[name]?.offline === true
}

function daemonPart(daemon: Values<typeof daemonSettings>) {
  return {
    labels: labels(daemon),
    metricsHost: daemon.METRICS_HOST,
    metricsPort: daemon.METRICS_PORT,
    metricsMaxUrls: daemon.METRICS_MAX_URLS,
    logLevel: daemon.LOG_LEVEL,
    lingerMs: daemon.LINGER,
    dialRate: daemon.DIAL_RATE,
    recordHeaders: daemon.RECORD_HEADERS,
    deadLetters: { topic: daemon.DEAD_LETTER_TOPIC, maxBytes: daemon.DEAD_LETTER_MAX_BYTES },
    gapsTopic: daemon.GAPS_TOPIC,
    startupTimeoutMs: daemon.STARTUP_TIMEOUT,
    drainTimeoutMs: daemon.DRAIN_TIMEOUT,
    maxInFlightBatches: daemon.MAX_IN_FLIGHT_BATCHES,
  }
}

function labels(daemon: Values<typeof daemonSettings>): CommonLabels {
  const { DID_PROVIDER: provider, SSI_VALIDATION: validation, PROCESSING_MODE: mode } = daemon
  return {
    did_provider: provider,
    ssi_validation: `${validation}`,
    cache_did: `${daemon.CACHE_DID || provider.toLowerCase().startsWith('did:ethr')}`,
    processing_mode: validation ? mode : 'sync',
  }
}

/** The lanes' own settings, for commands that need nothing else. Throws a `ConfigError` like `readConfig`. */
export function readLaneConfig(env: Env, choices: Choices): LaneConfig {
  const report = emptyReport()
  const table = laneSettings(choices)
  const values = validate(table, (name) => lookup(env, name, report), report)
  const { lane } = laneConfig(values, choices, report)
  if (report.problems.length > 0) throw new ConfigError(report.problems)
  return lane
}

/** How to reach Kafka, for tools that need nothing else; no brokers are required. Throws a `ConfigError` like `readConfig`. */
export function readKafkaConfig(env: Env, choices: Choices): KafkaConfig {
  const report = emptyReport()
  const read = <S extends Settings>(table: S): Values<S> =>
    validate(table, (name) => lookupAny(env, [name, ...(table[name]?.aliases ?? [])], report), report)
  const kafka = kafkaConfig(read(kafkaSettings(choices, false)), read(securitySettings), report)
  if (report.problems.length > 0) throw new ConfigError(report.problems)
  return kafka
}
