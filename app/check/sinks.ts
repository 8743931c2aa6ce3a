/** Is what records go to there, and do the topics suit what shall be written to them? */
import { Unavailable } from '../errors.ts'
import { routerOf } from '../feed-steps.ts'
import type { Config } from '../kinds.ts'
import { Clock } from '../lib/clock.ts'
import type { Scope } from '../lib/scope.ts'
import { feedSettingName, settingName } from '../lib/setting-names.ts'
import type { Sink, TopicUse } from '../model.ts'
import { type SinkKind, sinks } from '../produce/index.ts'
import { openTopic, PATIENCE_MS } from '../produce/open-topic.ts'
import { systemOf } from '../produce/systems.ts'
import { deadLetterUse, gapUse, recordUse } from '../route/topic-use.ts'
import { entryOf, loadKind } from '../settings/kind.ts'
import { collapsed } from './collapse.ts'
import type { Finding, Group } from './finding.ts'

/** Nobody wants to wait for a check as long as a daemon waits, in milliseconds. */
const PATIENCE = { connectTimeoutMs: 5_000, requestTimeoutMs: 8_000 }

/** Asks each sink in use for all of its topics at once. Throws `ConfigError` as opening a sink does. */
export async function checkSinks(config: Config, scope: Scope): Promise<Group[]> {
  const bySink = await usesOf(config)
  return Promise.all([...bySink].map(([sink, uses]) => checkSink(sink, uses, config, scope)))
}

async function checkSink(name: string, uses: Uses, config: Config, scope: Scope): Promise<Group> {
  const system = systemOf(name)
  if (system === undefined) return nothingProduced(name, config)
  const open = await loadKind(sinks, name)
  const sink = scope.use(
    open(config, { kafka: patient(config.kafka), names: config.names, emit: () => {}, clock: new Clock() }),
    (it) => it.close(),
  )
  const findings = Promise.all([...uses].map(([topic, of]) => look(sink, topic, of, config)))
  const isKafka = entryOf<SinkKind>(sinks, name).needs.includes('brokers')
  return {
    title: isKafka ? `Kafka at ${config.kafka.brokers.join(', ')}` : system,
    findings: findings.then((all) => collapsed(all, 'every topic')),
  }
}

/** Topics, and what for. */
type Uses = Map<string, readonly TopicUse[]>

/** Every topic that the daemon does not start without, and what for, by sink. */
async function usesOf(config: Config): Promise<Map<string, Uses>> {
  const { feeds, deadLetterTopic, gapsTopic, gapSink } = config
  const bySink = new Map<string, Uses>()
  const add = (sink: string, topic: string | undefined, use: TopicUse): void => {
    const uses: Uses = bySink.get(sink) ?? new Map()
    bySink.set(sink, uses)
    if (topic !== undefined) uses.set(topic, [...(uses.get(topic) ?? []), use])
  }
  for (const feed of feeds) {
    for (const topic of (await routerOf(feed)).topics) add(feed.sink, topic, recordUse(feed))
  }
  for (const sink of [...bySink.keys()]) add(sink, deadLetterTopic, deadLetterUse(config))
  if (gapsTopic !== undefined) add(gapSink, gapsTopic, gapUse(config))
  return bySink
}

function patient(kafka: Config['kafka']): Config['kafka'] {
  return {
    ...kafka,
    connectTimeoutMs: Math.min(kafka.connectTimeoutMs, PATIENCE.connectTimeoutMs),
    requestTimeoutMs: Math.min(kafka.requestTimeoutMs, PATIENCE.requestTimeoutMs),
  }
}

function nothingProduced(sink: string, { sink: usual, feeds, names }: Config): Group {
  const feed = sink === usual ? undefined : feeds.find((one) => one.sink === sink)
  const setting = feed ? feedSettingName(feed, 'SINK') : settingName(names, 'KAFKA_CLIENT')
  const finding: Finding = { label: '', verdict: 'note', detail: `${setting} is ${sink}: nothing is produced`, setting }
  return { title: sink === usual ? 'Kafka' : sink, findings: Promise.resolve([finding]) }
}

async function look(sink: Sink, label: string, uses: readonly TopicUse[], { kafka }: Config): Promise<Finding> {
  // One that a compacted topic does not suit is the strictest of them.
  const use = uses.find(({ keyCure }) => keyCure !== undefined) ?? uses[0]
  try {
    const { partitions, maxMessageBytes, unkept } = await openTopic(
      sink,
      label,
      { ...kafka, patienceMs: PATIENCE_MS },
      use,
    )
    if (unkept !== undefined) return { label, verdict: 'note', detail: unkept }
    const size = `batches of up to ${maxMessageBytes.toLocaleString('en-US')} bytes`
    return { label, verdict: 'ok', detail: `${partitions} partition${partitions === 1 ? '' : 's'}, ${size}` }
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error
    const { reason, problem, setting, cure = "see the broker's log" } = error
    const fault = reason === 'invalid_record' ? 'configuration' : 'unavailable'
    return { label, verdict: 'wrong', fault, detail: problem, cure, setting }
  }
}
