/** Checks Kafka and the topics to be written. */
import { Unavailable } from '../errors.ts'
import { routerOf } from '../feed-steps.ts'
import type { Config } from '../kinds.ts'
import { Clock } from '../lib/clock.ts'
import type { Scope } from '../lib/scope.ts'
import { settingName } from '../lib/setting-names.ts'
import type { Sink, TopicUse } from '../model.ts'
import { sinks } from '../produce/index.ts'
import { openTopic, PATIENCE_MS } from '../produce/open-topic.ts'
import { deadLetterUse, gapUse, recordUse } from '../route/topic-use.ts'
import { entryOf, loadKind } from '../settings/kind.ts'
import { collapsed } from './collapse.ts'
import type { Finding, FindingGroup } from './finding.ts'

/** Shorter timeouts than the daemon's, in milliseconds. */
const PATIENCE = { connectTimeoutMs: 5_000, requestTimeoutMs: 8_000 }

/** Checks all topics concurrently. Throws `ConfigError` as opening the sink does. */
export async function checkKafka(config: Config, scope: Scope): Promise<FindingGroup> {
  if (!entryOf(sinks, config.sink).connects) return noKafka(config)
  const open = await loadKind(sinks, config.sink)
  const sink = scope.use(open(config, { kafka: patient(config.kafka), emit: () => {}, clock: new Clock() }), (it) =>
    it.close(),
  )
  const topics = [...(await usesOf(config))]
  const findings = Promise.all(topics.map(([topic, uses]) => checkTopic(sink, topic, uses, config)))
  return {
    title: `Kafka at ${config.kafka.brokers.join(', ')}`,
    findings: findings.then((all) => collapsed(all, 'every topic')),
  }
}

/** The topics that the daemon needs at its start, and their uses. */
async function usesOf(config: Config): Promise<Map<string, readonly TopicUse[]>> {
  const { feeds, deadLetterTopic, gapsTopic } = config
  const ofFeeds = feeds.map(async (feed) =>
    (await routerOf(feed)).topics.map((topic): [string, TopicUse] => [topic, recordUse(feed)]),
  )
  const uses: [topic: string | undefined, use: TopicUse][] = [
    ...(await Promise.all(ofFeeds)).flat(),
    [deadLetterTopic, deadLetterUse(config)],
    [gapsTopic, gapUse(config)],
  ]
  const byTopic = new Map<string, readonly TopicUse[]>()
  for (const [topic, use] of uses) if (topic !== undefined) byTopic.set(topic, [...(byTopic.get(topic) ?? []), use])
  return byTopic
}

function patient(kafka: Config['kafka']): Config['kafka'] {
  return {
    ...kafka,
    connectTimeoutMs: Math.min(kafka.connectTimeoutMs, PATIENCE.connectTimeoutMs),
    requestTimeoutMs: Math.min(kafka.requestTimeoutMs, PATIENCE.requestTimeoutMs),
  }
}

function noKafka({ sink, names }: Config): FindingGroup {
  const setting = settingName(names, 'KAFKA_CLIENT')
  const finding: Finding = { label: '', verdict: 'note', detail: `${setting} is ${sink}: nothing is produced`, setting }
  return { title: 'Kafka', findings: Promise.resolve([finding]) }
}

async function checkTopic(sink: Sink, label: string, uses: readonly TopicUse[], { kafka }: Config): Promise<Finding> {
  // A use that rules out compacted topics is the strictest.
  const use = uses.find(({ keyCure }) => keyCure !== undefined) ?? uses[0]
  try {
    const { partitions, maxMessageBytes } = await openTopic(sink, label, { ...kafka, patienceMs: PATIENCE_MS }, use)
    const size = `batches of up to ${maxMessageBytes.toLocaleString('en-US')} bytes`
    return { label, verdict: 'ok', detail: `${partitions} partition${partitions === 1 ? '' : 's'}, ${size}` }
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error
    const { reason, problem, setting, cure = "see the broker's log" } = error
    const fault = reason === 'invalid_record' ? 'configuration' : 'unavailable'
    return { label, verdict: 'wrong', fault, detail: problem, cure, setting }
  }
}
