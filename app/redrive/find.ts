/** Where the dead letters are. */
import { Unavailable } from '../errors.ts'
import type { Config } from '../kinds.ts'
import { settingName } from '../lib/setting-names.ts'
import { withCure } from '../produce/cures.ts'
import { isBesideKafka } from '../produce/systems.ts'
import type { Stretch, TopicReader } from '../produce/topic-reader.ts'
import type { RedriveOptions } from './options.ts'

/**
 * What the topics hold that were asked for; else DEAD_LETTER_TOPIC; else each `<schema>.dead-letter` of a configured feed
 * that exists. Throws `Unavailable` with the cure, also when there is no topic at all.
 */
export async function findLetters(
  reader: TopicReader,
  { topics, since }: Pick<RedriveOptions, 'topics' | 'since'>,
  { feeds, kafka, deadLetterTopic, names }: Pick<Config, 'feeds' | 'kafka' | 'deadLetterTopic' | 'names'>,
): Promise<readonly Stretch[]> {
  const named = topics.length > 0 ? topics : deadLetterTopic === undefined ? [] : [deadLetterTopic]
  const inKafka = feeds.filter(({ sink }) => !isBesideKafka(sink))
  const possible = inKafka.map(({ schema }) => `${schema}.dead-letter`)
  const setting = settingName(names, 'DEAD_LETTER_TOPIC')
  const found: Stretch[] = []
  let exists = false
  for (const topic of new Set(named.length > 0 ? named : possible)) {
    try {
      found.push(...(await reader.stretches(topic, since)))
      exists = true
    } catch (error) {
      const isMissing = error instanceof Unavailable && error.reason === 'no_topic'
      if (!isMissing || named.length > 0) throw withCure(withOwnCure(error, topic, setting), topic, kafka)
    }
  }
  if (exists) return found
  throw new Unavailable('no_topic', `Kafka has no dead-letter topic of these feeds (${possible.join(', ')})`, {
    setting,
    cure: `name one with --topic or ${setting}`,
  })
}

/** What to do about a topic that is read, not written. */
function withOwnCure(error: unknown, topic: string, setting: string): unknown {
  if (!(error instanceof Unavailable)) return error
  const { reason, problem, cause } = error
  if (reason === 'no_topic') {
    return new Unavailable(reason, problem, {
      setting,
      cure: `name another with --topic, or correct ${setting}`,
      cause,
    })
  }
  if (reason !== 'authorization') return error
  return new Unavailable(reason, problem, { cure: `let this user describe and read topic ${topic}`, cause })
}
