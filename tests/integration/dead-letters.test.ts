// What cannot become a record: kept with its bytes where there is a dead letter topic, counted where there is none.
import { createHash } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { withAdmin } from '../../scripts/lib/kafka-admin.ts'
import { type Daemon, startDaemon } from '../support/daemon.ts'
import { settled, topicFor, tradeFeed, tradeText } from '../support/daemon-feeds.ts'
import { decode } from '../support/decode/decode.ts'
import { createTopic, kafkaClient, type ReadRecord, readTopic, uniqueName } from '../support/stack.ts'
import { until } from '../support/until.ts'
import { startUpstream, type Upstream } from '../support/upstream.ts'

const FEED = 'finnhub_trade'
/** What the topics of these tests take; a longer trade is refused by the topic. */
const LIMIT = { 'max.message.bytes': '4000' }
const long = tradeText('long', { symbol: 'x'.repeat(5_000) })
const MESSAGES = [
  tradeText('1'),
  'Hello',
  tradeText('2'),
  `[${tradeText('3')},{"type":"ping"},7]`,
  Buffer.from('7b22c328ff227d', 'hex'),
  long,
  tradeText('4'),
] as const

async function open(
  stack: AsyncDisposableStack,
  topic: string,
  env: Record<string, string> = {},
  messages: readonly (string | Buffer)[] = MESSAGES,
) {
  const upstream = stack.use(
    await startUpstream({
      onSocket(socket) {
        for (const message of messages) socket.send(message)
      },
    }),
  )
  const daemon = stack.use(startDaemon({ ...tradeFeed(topic, [`${upstream.url}?token=canary`]), ...env }))
  return { upstream, daemon }
}

const headers = ({ headers }: ReadRecord): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
const sourceOf = ({ url }: Upstream): string => `${url}?token=***`
const warnings = (daemon: Daemon): string[] => daemon.log.filter(({ level }) => level === 'warn').map(({ msg }) => msg)
const ids = async (topic: string, count: number): Promise<unknown[]> =>
  (await decode(await readTopic(topic, count))).map(({ content }) => content.trade_event_id)

describe('dead letters', () => {
  it("go to the schema's own topic where it is there, as they came, and say what was wrong", async () => {
    await using stack = new AsyncDisposableStack()
    const { topic, id } = await topicFor('TradeEvent', { config: LIMIT })
    const dead = await createTopic({ name: `${topic}.dead-letter`, config: { 'max.message.bytes': '3000' } })
    const { upstream, daemon } = await open(stack, topic)
    const { documents, dead_lettered } = await settled(daemon, FEED, MESSAGES.length)
    expect(documents).toMatchObject({ found: 9, produced: 4, dead_lettered: 5, refused: 0, in_flight: 0 })
    expect(dead_lettered).toEqual({ not_json: 1, missing_field: 1, not_an_object: 1, not_utf8: 1, too_large: 1 })
    expect(await ids(topic, 4)).toEqual(['1', '2', '3', '4'])

    const letters = await readTopic(dead, 4)
    const byReason = new Map(letters.map((letter) => [headers(letter)['tributary-reason'], letter]))
    const bytesOf = (reason: string): Buffer | null | undefined => byReason.get(reason)?.value
    expect(bytesOf('not_json')).toEqual(Buffer.from('Hello'))
    expect(bytesOf('not_utf8')).toEqual(MESSAGES[4])
    expect(bytesOf('missing_field')).toEqual(Buffer.from(MESSAGES[3] as string))
    // Longer than its own topic takes: nothing but what identifies it is left.
    expect(bytesOf('too_large')).toEqual(Buffer.alloc(0))
    expect(headers(byReason.get('too_large') as ReadRecord)).toMatchObject({
      'tributary-length': `${long.length}`,
      'tributary-sha256': createHash('sha256').update(long).digest('hex'),
    })
    expect(headers(byReason.get('missing_field') as ReadRecord)).toEqual({
      'tributary-feed': FEED,
      'tributary-source': sourceOf(upstream),
      'tributary-reason': 'missing_field',
      'tributary-error': expect.stringContaining('start_timestamp'),
      'tributary-received-at': expect.stringMatching(/^\d{4}-.*Z$/),
      'tributary-schema-id': `${id}`,
      'tributary-version': expect.stringMatching(/^\d+\.\d+/),
      'tributary-length': `${MESSAGES[3].length}`,
      'tributary-sha256': createHash('sha256').update(MESSAGES[3]).digest('hex'),
      'tributary-document': '1-2',
      'tributary-documents': '{"missing_field":"1","not_an_object":"2"}',
      'tributary-shape': expect.stringMatching(/^[0-9a-f]{16}$/),
    })
    expect(JSON.stringify(letters.map(headers))).not.toContain('canary')
    const metrics = await daemon.metrics()
    expect(metrics.value('tributary_dead_letters_in_use', { feed: FEED })).toBe(1)
  })

  it('need no topic: what is refused is counted, which is said once, and no topic comes to be', async () => {
    await using stack = new AsyncDisposableStack()
    const { topic } = await topicFor('TradeEvent', { config: LIMIT })
    const { daemon } = await open(stack, topic)
    const { documents, refused } = await settled(daemon, FEED, MESSAGES.length)
    expect(documents).toMatchObject({ produced: 4, refused: 5, dead_lettered: 0 })
    expect(refused).toMatchObject({ not_json: 1, too_large: 1 })
    expect(warnings(daemon).filter((text) => text.includes(`${topic}.dead-letter`))).toHaveLength(1)
    expect((await daemon.metrics()).value('tributary_dead_letters_in_use', { feed: FEED })).toBe(0)
    const topics = await withAdmin(kafkaClient(), (admin) => admin.listTopics())
    expect(topics.filter((name) => name.startsWith(topic))).toEqual([topic])
  })

  it('hold the feed until a topic that is named is there', async () => {
    await using stack = new AsyncDisposableStack()
    const dead = uniqueName('dead')
    const { topic } = await topicFor('TradeEvent', { config: LIMIT })
    const { daemon } = await open(stack, topic, { DEAD_LETTER_TOPIC: dead, DEAD_LETTER_MAX_BYTES: '2' })
    await until(() => warnings(daemon).some((text) => text.includes(dead)), { what: 'the missing topic to be named' })
    expect((await daemon.feed(FEED)).state).toBe('parked')
    await createTopic({ name: dead })
    const { documents } = await settled(daemon, FEED, MESSAGES.length)
    expect(documents).toMatchObject({ produced: 4, dead_lettered: 5, refused: 0 })
    expect((await readTopic(dead, 4)).map(({ value }) => value?.length)).toEqual([2, 2, 2, 2])
    expect(await ids(topic, 4)).toEqual(['1', '2', '3', '4'])
  })

  it('hold the lane while a topic that is named is away, and lose nothing', async () => {
    await using stack = new AsyncDisposableStack()
    const dead = await createTopic()
    const { topic } = await topicFor('TradeEvent')
    const { daemon, upstream } = await open(stack, topic, { DEAD_LETTER_TOPIC: dead }, ['Hello'])
    await settled(daemon, FEED, 1)
    await withAdmin(kafkaClient(), (admin) => admin.deleteTopics({ topics: [dead] }))
    upstream.sendAll('Hello again')
    upstream.sendAll(tradeText('1'))
    const held = async () => (await daemon.feed(FEED)).ledger
    await until(async () => (await held()).documents.produced === 1, { what: 'the good one to pass' })
    await until(() => warnings(daemon).some((text) => text.includes(`Kafka does not take ${dead}`)), {
      what: 'the log to say so',
    })
    expect(await held()).toMatchObject({ documents: { refused: 0, dead_lettered: 1, in_flight: 1 } })
    await createTopic({ name: dead })
    await settled(daemon, FEED, 3)
    expect((await readTopic(dead, 1)).map(({ value }) => value?.toString())).toEqual(['Hello again'])
    expect(await ids(topic, 1)).toEqual(['1'])
  })
})

describe('documents with a time of their own', () => {
  it('give it to their record, and expire by it', async () => {
    await using stack = new AsyncDisposableStack()
    const now = Date.now()
    const at = (id: string, ms: number): string => tradeText(id, { start_timestamp: new Date(ms).toISOString() })
    const { topic } = await topicFor('TradeEvent')
    const { daemon } = await open(
      stack,
      topic,
      { FEED_FINNHUB_TRADE_TIMESTAMP_FIELD: 'start_timestamp', FEED_FINNHUB_TRADE_MAX_AGE: '1h' },
      [at('old', now - 7_200_000), at('new', now - 60_000), 'Hello'],
    )
    const { documents } = await settled(daemon, FEED, 3)
    expect(documents).toMatchObject({ found: 3, produced: 1, expired: 1, refused: 1 })
    const [record] = await readTopic(topic, 1)
    expect(record?.timestamp).toBe(now - 60_000)
    expect(await ids(topic, 1)).toEqual(['new'])
  })
})
