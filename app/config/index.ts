/** Texts of settings into one checked `Config`. Every setting is declared once, under tables/ or by the kind that has it. */
import { ConfigError, type Problem } from '../errors.ts'
import { type GivenNames, settingName } from '../lib/setting-names.ts'
import { byProperty, propertyOf, type Settings, type ValuesByName } from '../settings/setting.ts'
import { feedLayers, readFeeds } from './feeds.ts'
import { readFile, type Sources } from './file/index.ts'
import type { FileLayer } from './file/layer.ts'
import { labels, readHouse } from './house.ts'
import { kafkaConfig } from './kafka.ts'
import type { Kinds } from './kinds.ts'
import { laneConfig } from './lane.ts'
import type { Env, Layer } from './layers.ts'
import { readTable } from './read-table.ts'
import { registryConfig } from './registry.ts'
import { variablesOf } from './replaced.ts'
import { type InForce, Report } from './report.ts'
import { knownSecrets } from './secrets.ts'
import { checkSinks, sinksInUse, tellNeeded } from './sink.ts'
import type { daemonSettings } from './tables/daemon.ts'
import { feedTable, fileTables, houseTables } from './tables/index.ts'
import { registrySettings } from './tables/kafka.ts'
import { sourceSettings } from './tables/source.ts'
import type { ConfigOf, KafkaConfig, LaneConfig } from './types.ts'
import { noteUnknown, unknownVariables } from './unknown.ts'
import { tellMissing } from './validate.ts'

export { describeSettings, type SettingDescription } from './describe.ts'
export { type Sources, USUAL_FILE } from './file/index.ts'
export { inForceAsYaml } from './in-force.ts'
export { jsonSchema } from './json-schema.ts'
export type { Kinds } from './kinds.ts'

/** What reading the configuration comes to. Nothing of it is kept: it can be read again at any time. */
export interface Reading<K extends Kinds> {
  /** Undefined where there is any problem. */
  readonly config: ConfigOf<K> | undefined
  /** All of them; each names the setting as it was given, and the cure, without secrets. */
  readonly problems: readonly Problem[]
  /** Where each value is from, with the texts themselves: secrets are among them. */
  readonly inForce: readonly InForce[]
  /** Paths of all files that were read, or could not be; the usual file, too, where it may appear. */
  readonly files: readonly string[]
  /** Whether there is a configuration file. */
  readonly hasFile: boolean
}

/** Reads and checks the whole configuration. Synchronous: files are read here, and the disk is waited for. */
export function readSources<K extends Kinds>(sources: Sources, kinds: K): Reading<K> {
  const report = new Report()
  const file = readFile(sources, fileTables(kinds), report)
  // Without the file everything would seem to be missing.
  const config = file === 'unreadable' ? undefined : readLayers(sources.env, file, kinds, report)
  const problems = distinct(report.problems)
  const { inForce, files } = report
  return {
    config: problems.length === 0 ? config : undefined,
    problems,
    inForce,
    files: [...files],
    hasFile: file !== undefined,
  }
}

/** The same from the environment, and a file that it names. Throws a `ConfigError` with every problem at once. */
export function readConfig<K extends Kinds>(env: Env, kinds: K): ConfigOf<K> {
  return configOf(readSources({ env }, kinds))
}

/** The configuration that was read. Throws a `ConfigError` with every problem at once. */
export function configOf<K extends Kinds>({ config, problems }: Reading<K>): ConfigOf<K> {
  if (config === undefined) throw new ConfigError(problems)
  return config
}

function readLayers<K extends Kinds>(env: Env, file: FileLayer | undefined, kinds: K, report: Report): ConfigOf<K> {
  const unknown = unknownVariables(env, namesOutsideFeeds(kinds), Object.keys(feedTable(kinds)))
  for (const { meant, variable } of unknown) if (meant !== undefined) report.meant(meant, variable)
  const feedsGiven = feedLayers(env, kinds, file)
  const { layers } = feedsGiven
  const first = report.problems.length
  const house = readHouse(layers, kinds, report)
  const { kafka, security, registry, daemon, lane, sinks } = house
  const kafkaNames = { ...kafka.names, ...security.names }
  const { KAFKA_CLIENT: usual } = kafka.values
  const parts = {
    sink: usual,
    kafka: kafkaConfig(kafka.values, security.values, kafkaNames, report),
    registry: registryConfig(registry.values, registry.names, report),
    labels: labels(house.labels.values),
  }
  const place = report.problems.length
  const { laneMaxBytes, ...lanePart } = laneConfig(lane, kinds, report)
  const shared = { handshakeTimeoutMs: daemon.values.HANDSHAKE_TIMEOUT, laneMaxBytes, sink: usual }
  const feeds = readFeeds(feedsGiven, kinds, shared, report)
  checkOwnTopics(feeds, daemon, report)
  if (!registry.given.has('SCHEMA_REGISTRY_URL') && needsRegistry(feeds, daemon.values, kinds)) {
    const { SCHEMA_REGISTRY_URL: setting } = registrySettings
    report.at(place, () => tellMissing({ name: 'SCHEMA_REGISTRY_URL', example: setting.example }, setting, report))
  }
  const gapSink = gapSinkOf(feeds, usual)
  const inUse = sinksInUse(feeds, { usual, gaps: daemon.values.GAPS_TOPIC === undefined ? undefined : gapSink })
  const tables = houseTables(kinds)
  report.at(place, () => checkSinks(inUse, house, kinds, report))
  report.at(first, () => tellNeeded(inUse, house, { ...tables.kafka, ...tables.sinks }, kinds, report))
  noteUnknown(unknown, report)
  const { KAFKA_CLIENT: client } = kafka.names
  const names = {
    ...daemon.names,
    ...lane.names,
    ...sinks.names,
    ...(client !== undefined && { KAFKA_CLIENT: client }),
  }
  const secrets = knownSecrets(report.texts, daemon.values.URL_PATHS)
  const own = { feeds, ...parts, gapSink, ...lanePart, names, secrets, warnings: report.warnings }
  const values = [
    byProperty(tables.daemon, daemon.values),
    byProperty<Settings>(tables.lane, lane.values),
    byProperty(tables.sinks, sinks.values),
  ]
  return Object.assign({}, ...values, own) as ConfigOf<K>
}

/** Whether a feed's format asks for one; gap records are Avro. Where there is no feed, one with the usual format will come. */
function needsRegistry(feeds: readonly { readonly format: string }[], daemon: Daemon, { encoders }: Kinds): boolean {
  if (daemon.GAPS_TOPIC !== undefined || feeds.length === 0) return true
  return feeds.some(({ format }) => encoders[format]?.needs.includes('registry'))
}

/** Gap records come from all feeds: they go where those do, if all go to the same. */
function gapSinkOf(feeds: readonly { readonly sink: string }[], usual: string): string {
  const [one, ...more] = new Set(feeds.map(({ sink }) => sink))
  return one !== undefined && more.length === 0 ? one : usual
}

type Daemon = ValuesByName<typeof daemonSettings>

/** Every variable that is not called FEED_…. */
function namesOutsideFeeds(kinds: Kinds): string[] {
  const settings = [sourceSettings, ...Object.values(houseTables(kinds))].flatMap((table: Settings) =>
    Object.entries(table).flatMap(([name, { aliases = [] }]) => [name, ...aliases]),
  )
  return [...settings, ...Object.values(kinds.replaced).flatMap(variablesOf)]
}

/** One variable may cause the same problem in several places. */
function distinct(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((one) => [`${one.text} ${one.cure}`, one])).values()]
}

function throwProblems({ problems }: Report): void {
  if (problems.length > 0) throw new ConfigError(distinct(problems))
}

/** Topics for what is not a feed's record: dead letters are no Avro, and gap records are of another schema. */
function checkOwnTopics(
  feeds: readonly { readonly name: string; readonly schema: string }[],
  { values, names }: { readonly values: Daemon; readonly names: GivenNames },
  report: Report,
): void {
  const { DEAD_LETTER_TOPIC, GAPS_TOPIC } = values
  for (const [setting, topic] of Object.entries({ DEAD_LETTER_TOPIC, GAPS_TOPIC })) {
    const feed = feeds.find(({ schema }) => schema === topic)
    const name = settingName(names, setting)
    if (feed) report.wrong(name, `${name} is the topic of feed ${feed.name}`, 'choose one of its own')
  }
  if (GAPS_TOPIC !== undefined && GAPS_TOPIC === DEAD_LETTER_TOPIC) {
    const [gaps, letters] = [settingName(names, 'GAPS_TOPIC'), settingName(names, 'DEAD_LETTER_TOPIC')]
    report.wrong(gaps, `${gaps} and ${letters} are the same`, 'choose two topics')
  }
}

/** The settings outside feeds, by the property that holds the value of each. */
export function houseNames(kinds: Kinds): ReadonlyMap<string, string> {
  const { house } = fileTables(kinds)
  return new Map(Object.entries(house).map(([name, setting]) => [propertyOf(name, setting), name]))
}

/** The lanes' own settings, for commands that need nothing else. Throws a `ConfigError` like `readConfig`. */
export function readLaneConfig(sources: Sources, kinds: Kinds): LaneConfig {
  return readPart(sources, kinds, (layers, report) => {
    return laneConfig(readTable(houseTables(kinds).lane, layers, report), kinds, report).lane
  })
}

/** How to reach Kafka, for tools that need nothing else; no brokers are required. Throws a `ConfigError` like `readConfig`. */
export function readKafkaConfig(sources: Sources, kinds: Kinds): KafkaConfig {
  return readPart(sources, kinds, (layers, report) => {
    const tables = houseTables(kinds)
    const kafka = readTable(tables.kafka, layers, report, new Set(['BOOTSTRAP_SERVERS']))
    const security = readTable(tables.security, layers, report)
    return kafkaConfig(kafka.values, security.values, { ...kafka.names, ...security.names }, report)
  })
}

/** Problems of the file with other settings are not looked at. */
function readPart<T>(sources: Sources, kinds: Kinds, read: (layers: readonly Layer[], report: Report) => T): T {
  const ofFile = new Report()
  const file = readFile(sources, fileTables(kinds), ofFile)
  if (file === 'unreadable') throwProblems(ofFile)
  const report = new Report()
  const { layers } = feedLayers(sources.env, kinds, file === 'unreadable' ? undefined : file)
  const part = read(layers, report)
  throwProblems(report)
  return part
}
