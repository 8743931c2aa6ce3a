/** A topic before it is used: what is said when it is away, says nothing, or does not suit. */
import { describe, expect, it } from '@jest/globals'
import { Unavailable } from '../../../app/errors.ts'
import type { TopicInfo, TopicUse } from '../../../app/model.ts'
import { openTopic } from '../../../app/produce/open-topic.ts'

const INFO: TopicInfo = { partitions: 1, maxMessageBytes: 1 }
const KAFKA = { brokers: ['a:1', 'b:2'], names: { BOOTSTRAP_SERVERS: 'KAFKA_BOOTSTRAP_SERVERS_FILE' } }
const records: TopicUse = { setting: 'FEED_X_SCHEMA', holds: 'records', keyCure: 'a compacted topic needs a key' }
const letters: TopicUse = { setting: 'DEAD_LETTER_TOPIC_FILE', holds: 'dead letters', keyCure: undefined }

const opened = (describe: () => Promise<TopicInfo>, use?: TopicUse, patienceMs?: number): Promise<TopicInfo> =>
  openTopic({ describe }, 't', { ...KAFKA, patienceMs }, use)
const away = (reason: Unavailable['reason']) => () => Promise.reject(new Unavailable(reason, 'no', { settled: 3 }))

describe('openTopic', () => {
  it('resolves with what is known of it', async () => {
    expect(await opened(async () => INFO, records, 10_000)).toBe(INFO)
  })

  it.each<[Unavailable['reason'], TopicUse | undefined, string, string | undefined]>([
    [
      'no_topic',
      records,
      'create topic t (kafka-topics.sh --bootstrap-server a:1,b:2 --create --topic t), or correct FEED_X_SCHEMA',
      'FEED_X_SCHEMA',
    ],
    [
      'no_topic',
      letters,
      'create topic t for dead letters (kafka-topics.sh --bootstrap-server a:1,b:2 --create --topic t), or unset DEAD_LETTER_TOPIC_FILE',
      'DEAD_LETTER_TOPIC_FILE',
    ],
    [
      'connect',
      records,
      'check KAFKA_BOOTSTRAP_SERVERS_FILE (a:1,b:2), KAFKA_SECURITY_PROTOCOL, and that Kafka runs and can be reached from here',
      'KAFKA_BOOTSTRAP_SERVERS_FILE',
    ],
    ['authorization', letters, 'let this user describe and write topic t (ACLs Describe and Write)', undefined],
  ])('says what to do about %s', async (reason, use, cure, setting) => {
    const error = await opened(away(reason), use).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ reason, problem: 'no', cure, setting, settled: 3, message: `no; ${cure}` })
  })

  it('tells whoever asks again that nobody answers, and others when the request ends', async () => {
    const request = Promise.withResolvers<TopicInfo>()
    await expect(opened(() => request.promise, records, 1)).rejects.toMatchObject({
      reason: 'timeout',
      problem: 'Kafka has said nothing for 0.001 s',
      cure: expect.stringContaining('KAFKA_BOOTSTRAP_SERVERS_FILE'),
    })
    const patient = opened(() => request.promise, records)
    request.resolve(INFO)
    expect(await patient).toBe(INFO)
  })

  it('refuses a compacted topic where records without a key go to it', async () => {
    const compacted = async (): Promise<TopicInfo> => ({ ...INFO, isCompacted: true })
    await expect(opened(compacted, records)).rejects.toMatchObject({
      reason: 'invalid_record',
      cure: 'a compacted topic needs a key',
    })
    expect(await opened(compacted, letters)).toMatchObject({ isCompacted: true })
  })
})
