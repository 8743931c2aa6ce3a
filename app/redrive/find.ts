/** Where the dead letters are. */
import type { Config } from '../config/types.ts'
import { Unavailable } from '../errors.ts'
import type { Stretch, TopicReader } from '../produce/topic-reader.ts'
import type { RedriveOptions } from './options.ts'

/**
 * What the topics hold that were asked for; else DEAD_LETTER_TOPIC; else each `<schema>.dead-letter` of a configured feed
 * that exists. Throws `Unavailable` with the cure, also when there is no topic at all.
 */
export async function findLetters(
  reader: TopicReader,
  { topics, since }: Pick<RedriveOptions, 'topics' | 'since'>,
  { feeds, kafka, deadLetters }: Pick<Config, 'feeds' | 'kafka' | 'deadLetters'>,
): Promise<readonly Stretch[]> {
  const named = topics.length > 0 ? topics : deadLetters.topic === undefined ? [] : [deadLetters.topic]
  const possible = feeds.map(({ schema }) => `${schema}.dead-letter`)
  const found: Stretch[] = []
  let exists = false
  for (const topic of new Set(named.length > 0 ? named : possible)) {
    try {
      found.push(...(await reader.stretches(topic, since)))
      exists = true
    } catch (error) {
      const isMissing = error instanceof Unavailable && error.reason === 'no_topic'
      if (!isMissing || named.length > 0) throw withCure(error, topic, kafka.brokers)
    }
  }
  if (exists) return found
  throw new Unavailable(
    'no_topic',
    `Kafka has no dead-letter topic of these feeds (${possible.join(', ')}); name one with --topic or DEAD_LETTER_TOPIC`,
  )
}

function withCure(error: unknown, topic: string, brokers: readonly string[]): unknown {
  if (!(error instanceof Unavailable)) return error
  const cure =
    error.reason === 'no_topic'
      ? 'name another with --topic, or correct DEAD_LETTER_TOPIC'
      : error.reason === 'authorization'
        ? `let this user describe and read topic ${topic}`
        : `check BOOTSTRAP_SERVERS (${brokers.join(',')}), KAFKA_SECURITY_PROTOCOL, and that Kafka runs and can be reached from here`
  return new Unavailable(error.reason, `${error.message}; ${cure}`, { cause: error })
}
