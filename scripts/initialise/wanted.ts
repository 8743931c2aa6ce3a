/** Which topics there shall be. */
import type { Topic } from './topics.ts'

const DAY_MS = 86_400_000
/** The usual topic of gap records, which are never refused. */
const GAPS = 'tributary.gaps'
const SUFFIX = '.dead-letter'

/** What new topics are made like. */
export interface TopicShape {
  readonly partitions: number
  readonly replication: number
  /** Undefined: no topics for dead letters. */
  readonly deadLetters: DeadLetterShape | undefined
  /** One topic for the dead letters of all feeds, where the daemon is told of it. */
  readonly deadLetterTopic?: string | undefined
  /** Where gap records go when not to the usual topic. */
  readonly gapsTopic?: string | undefined
}

interface DeadLetterShape {
  readonly partitions: number
  /** Days that Kafka keeps a dead letter. */
  readonly days: number
}

/** A topic for each schema, `<schema>.dead-letter` beside it, and those that were named. */
export function wantedTopics(schemas: readonly string[], shape: TopicShape): Topic[] {
  const { partitions, replication, deadLetters, deadLetterTopic, gapsTopic = GAPS } = shape
  const topics: Topic[] = schemas.map((name) => ({ name, partitions, replication }))
  if (!deadLetters) return topics
  const config = { 'cleanup.policy': 'delete', 'retention.ms': String(deadLetters.days * DAY_MS) }
  const letters = schemas
    .filter((name) => name !== gapsTopic && !name.endsWith(SUFFIX))
    .map((name) => `${name}${SUFFIX}`)
  const named = deadLetterTopic === undefined ? letters : [...letters, deadLetterTopic]
  const missing = [...new Set(named)].filter((name) => !schemas.includes(name))
  return [...topics, ...missing.map((name) => ({ name, partitions: deadLetters.partitions, replication, config }))]
}
