/** Which topics there shall be. */
import type { Topic } from './topics.ts'

const DAY_MS = 86_400_000
/** The stem of the topic of gap records, which are never refused. */
const GAPS = 'tributary.gaps'
const SUFFIX = '.dead-letter'

/** What new topics are made like. */
export interface TopicShape {
  readonly partitions: number
  readonly replication: number
  /** Undefined: no topics for dead letters. */
  readonly deadLetters: DeadLetterShape | undefined
  /** One topic for the dead letters of all feeds, and one for gap records, where the daemon is told of them. */
  readonly deadLetterTopic?: string | undefined
  readonly gapsTopic?: string | undefined
}

interface DeadLetterShape {
  readonly partitions: number
  /** Days that Kafka keeps a dead letter. */
  readonly days: number
}

/** A topic for each schema, `<schema>.dead-letter` beside it, and those that were named. */
export function wantedTopics(schemas: readonly string[], shape: TopicShape): Topic[] {
  const { partitions, replication, deadLetters, deadLetterTopic, gapsTopic } = shape
  const plain = [...schemas, ...(gapsTopic === undefined ? [] : [gapsTopic])]
  const topics: Topic[] = [...new Set(plain)].map((name) => ({ name, partitions, replication }))
  if (!deadLetters) return topics
  const config = { 'cleanup.policy': 'delete', 'retention.ms': String(deadLetters.days * DAY_MS) }
  const letters = schemas.filter((name) => name !== GAPS && !name.endsWith(SUFFIX)).map((name) => `${name}${SUFFIX}`)
  const named = deadLetterTopic === undefined ? letters : [...letters, deadLetterTopic]
  const missing = [...new Set(named)].filter((name) => !plain.includes(name))
  return [...topics, ...missing.map((name) => ({ name, partitions: deadLetters.partitions, replication, config }))]
}
