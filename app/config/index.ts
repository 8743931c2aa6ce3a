/** The environment into one checked `Config`. Every setting is declared once, under tables/. */
import { ConfigError } from '../errors.ts'
import { type GivenNames, settingName } from '../lib/setting-names.ts'
import { readFeeds } from './feeds.ts'
import { kafkaConfig } from './kafka.ts'
import { laneConfig } from './lane.ts'
import { type Env, lookup } from './lookup.ts'
import { readTable } from './read-table.ts'
import { registryConfig } from './registry.ts'
import { Report } from './report.ts'
import { knownSecrets } from './secrets.ts'
import type { Choices, Setting, Values } from './setting.ts'
import { daemonSettings } from './tables/daemon.ts'
import { kafkaSettings, registrySettings, securitySettings } from './tables/kafka.ts'
import { laneSettings } from './tables/lane.ts'
import { presets } from './tables/presets.ts'
import type { CommonLabels, Config, FeedConfig, KafkaConfig, LaneConfig } from './types.ts'
import { noteUnknown, unknownVariables } from './unknown.ts'

export { describeSettings, type SettingDescription } from './describe.ts'
export type { Choices } from './setting.ts'

/**
 * Reads and checks the whole configuration. Synchronous: `…_FILE` files are read here, and the disk is waited for.
 * Throws a `ConfigError` with every problem at once, each of which names the variable and the cure, without secrets.
 */
export function readConfig(env: Env, choices: Choices): Config {
  const report = new Report()
  const unknown = unknownVariables(env, namesOutsideFeeds(choices))
  for (const { meant, variable } of unknown) if (meant !== undefined) report.meant(meant, variable)
  const kafka = readTable(kafkaSettings(choices, !isOffline(env, choices)), env, report)
  const security = readTable(securitySettings, env, report)
  const registry = readTable(registrySettings, env, report)
  const daemon = readTable(daemonSettings, env, report)
  const lane = readTable(laneSettings(choices), env, report)
  const kafkaNames = { ...kafka.names, ...security.names }
  const parts = {
    sink: kafka.values.KAFKA_CLIENT,
    kafka: kafkaConfig(kafka.values, security.values, kafkaNames, report),
    registry: registryConfig(registry.values, registry.names, report),
    ...daemonPart(daemon.values),
  }
  const { laneMaxBytes, ...lanePart } = laneConfig(lane, choices, report)
  const shared = {
    handshakeTimeoutMs: daemon.values.HANDSHAKE_TIMEOUT,
    presetSilenceMs: daemon.values.PRODUCER_TIMEOUT,
    laneMaxBytes,
  }
  const feeds = readFeeds(env, choices, shared, report)
  checkOwnTopics(feeds, daemon, report)
  noteUnknown(unknown, report)
  throwProblems(report)
  const names = { ...daemon.names, ...lane.names }
  const secrets = knownSecrets(report.texts, daemon.values.URL_PATHS)
  return { feeds, ...parts, ...lanePart, names, secrets, warnings: report.warnings }
}

/** Every variable that is not called FEED_…. */
function namesOutsideFeeds(choices: Choices): string[] {
  const tables = [kafkaSettings(choices), securitySettings, registrySettings, daemonSettings, laneSettings(choices)]
  const settings = tables.flatMap((table) =>
    Object.entries<Setting<unknown>>(table).flatMap(([name, { aliases = [] }]) => [name, ...aliases]),
  )
  const ofPresets = presets.flatMap(({ toggle, variables }) => [
    toggle,
    ...Object.values(variables).map((it) => it.name),
  ])
  return [...settings, ...ofPresets]
}

/** One variable may cause the same problem in several places. */
function throwProblems({ problems }: Report): void {
  if (problems.length === 0) return
  throw new ConfigError([...new Map(problems.map((one) => [`${one.text} ${one.cure}`, one])).values()])
}

/** Topics for what is not a feed's record: dead letters are no Avro, and gap records are of another schema. */
function checkOwnTopics(
  feeds: readonly FeedConfig[],
  { values, names }: { readonly values: Values<typeof daemonSettings>; readonly names: GivenNames },
  report: Report,
): void {
  const { DEAD_LETTER_TOPIC, GAPS_TOPIC } = values
  for (const [setting, topic] of Object.entries({ DEAD_LETTER_TOPIC, GAPS_TOPIC })) {
    const feed = feeds.find(({ schema }) => schema === topic)
    const name = settingName(names, setting)
    if (feed) report.wrong(name, `${name} is the topic of feed ${feed.name}`, 'choose one of its own')
  }
  if (GAPS_TOPIC !== undefined && GAPS_TOPIC === DEAD_LETTER_TOPIC) {
    report.wrong('GAPS_TOPIC', 'GAPS_TOPIC and DEAD_LETTER_TOPIC are the same', 'choose two topics')
  }
}

function isOffline(env: Env, { sinks }: Choices): boolean {
  const name = lookup(env, 'KAFKA_CLIENT', new Report())?.text?.trim().toLowerCase() ?? ''
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
  const report = new Report()
  const { lane } = laneConfig(readTable(laneSettings(choices), env, report), choices, report)
  throwProblems(report)
  return lane
}

/** How to reach Kafka, for tools that need nothing else; no brokers are required. Throws a `ConfigError` like `readConfig`. */
export function readKafkaConfig(env: Env, choices: Choices): KafkaConfig {
  const report = new Report()
  const kafka = readTable(kafkaSettings(choices, false), env, report)
  const security = readTable(securitySettings, env, report)
  const config = kafkaConfig(kafka.values, security.values, { ...kafka.names, ...security.names }, report)
  throwProblems(report)
  return config
}
