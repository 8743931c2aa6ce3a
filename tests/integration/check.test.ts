/** `tributary check` against the real servers: what is right, what is wrong, what to do about it, and how it ends. */
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { startSynthesiser } from '../../scripts/synthesise/server.ts'
import { about, runCheck } from '../support/check.ts'
import { schemaText, topicFor, tradeFeed } from '../support/daemon-feeds.ts'
import { createTopic, registerSchema, stack, uniqueName } from '../support/stack.ts'
import { startUpstream } from '../support/upstream.ts'
import { refusedPort, startRawUpstream } from '../support/upstream-raw.ts'

describe('tributary check', () => {
  it.each(['platformatic', 'kafkajs'])('finds all right and ends with 0 (%s)', async (client) => {
    await using upstream = await startUpstream()
    const { topic, id } = await topicFor('TradeEvent', { partitions: 3, config: { 'max.message.bytes': '2000000' } })
    const result = await runCheck({
      ...tradeFeed(topic, [upstream.url, upstream.url]),
      FEED_FINNHUB_TRADE_OPEN_MESSAGES: '["Hello"]',
      KAFKA_CLIENT: client,
    })
    expect(result).toMatchObject({ code: 0, stderr: '' })
    expect(result.stdout).toMatch(/^ {2}note .*lists a URL twice/m)
    expect(about(result, topic).line).toMatch(/^ {2}ok .* 3 partitions, batches of up to 2,000,000 bytes$/)
    expect(about(result, `${topic}-value`).line).toMatch(new RegExp(`^  ok .* version 1, schema id ${id}, compiles$`))
    expect(about(result, upstream.url).line).toMatch(/^ {2}ok .* opens in \d+ ms$/)
    expect(result.stdout).toMatch(/Nothing is wrong\.\n$/)
    // One look each: nothing is sent, and the farewell is in order.
    expect(upstream.sockets).toHaveLength(1)
    expect(upstream.received).toEqual([])
    expect(upstream.closed).toEqual([{ code: 1001, reason: '' }])
  })

  it('looks for the topic and subject of gap records where one is set', async () => {
    await using upstream = await startUpstream()
    const { topic } = await topicFor('TradeEvent')
    const gaps = uniqueName('gaps')
    const result = await runCheck({ ...tradeFeed(topic, [upstream.url]), GAPS_TOPIC: gaps })
    expect(result.code).toBe(69)
    expect(about(result, gaps).line).toMatch(/^ {2}wrong /)
    expect(about(result, `${gaps}-value`).line).toMatch(/^ {2}wrong /)
  })

  it('names what is missing or refuses, with the cure, and no secret', async () => {
    const secret = randomUUID()
    await using denying = await startSynthesiserWith({ refuse: { status: 401 } })
    await using silent = await startRawUpstream(() => undefined)
    await using good = await startUpstream()
    const gone = `ws://127.0.0.1:${await refusedPort()}/ws`
    const topic = uniqueName('nowhere')
    const result = await runCheck({
      FEED_X_URLS: [
        `${denying.url}?token=${secret}`,
        gone.replace('//', `//user:${secret}@`),
        silent.url,
        good.url,
      ].join(),
      FEED_X_SCHEMA: topic,
      FEED_X_HEADERS: JSON.stringify({ authorization: `Bearer ${secret}` }),
      HANDSHAKE_TIMEOUT: '1s',
    })
    expect(result).toMatchObject({ code: 69, stderr: '' })
    expect(about(result, topic)).toEqual({
      line: expect.stringMatching(/^ {2}wrong .*no topic/),
      cure: expect.stringMatching(
        /→ create topic \S+ \(kafka-topics.sh .*--create --topic \S+\), or correct FEED_X_SCHEMA$/,
      ),
    })
    expect(about(result, `${topic}-value`)).toEqual({
      line: expect.stringMatching(/^ {2}wrong .*has no subject/),
      cure: expect.stringContaining('→ register the schema'),
    })
    expect(about(result, `${denying.url}?token=***`)).toEqual({
      line: expect.stringMatching(/^ {2}wrong .*status 401$/),
      cure: expect.stringContaining('→ the upstream wants other credentials: check the token in FEED_X_URLS'),
    })
    expect(about(result, gone)).toEqual({
      line: expect.stringMatching(/^ {2}wrong .*ECONNREFUSED/),
      cure: expect.stringContaining('→ check host and port in FEED_X_URLS'),
    })
    expect(about(result, silent.url)).toEqual({
      line: expect.stringMatching(/^ {2}wrong .*no handshake within 1000 ms$/),
      cure: expect.stringContaining('HANDSHAKE_TIMEOUT'),
    })
    expect(about(result, good.url).line).toMatch(/^ {2}ok /)
    expect(result.stdout).toMatch(/^5 things wrong/m)
    expect(result.stdout).not.toContain(secret)
  })

  it('says a cause once when no broker and no registry answers, and looks at the URLs all the same', async () => {
    const port = await refusedPort()
    const secret = randomUUID()
    await using upstream = await startUpstream()
    const result = await runCheck({
      BOOTSTRAP_SERVERS: `127.0.0.1:${port}`,
      SCHEMA_REGISTRY_URL: `http://user:${secret}@127.0.0.1:${port}`,
      ...tradeFeed('TradeEvent', [upstream.url]),
      FEED_X_URLS: upstream.url,
      FEED_X_SCHEMA: 'Other',
    })
    expect(result).toMatchObject({ code: 69, stderr: '' })
    expect(about(result, 'every topic')).toEqual({
      line: expect.stringContaining('Kafka cannot be reached'),
      cure: expect.stringContaining('→ check BOOTSTRAP_SERVERS'),
    })
    expect(about(result, 'every subject')).toEqual({
      line: expect.stringContaining('ECONNREFUSED'),
      cure: expect.stringContaining('→ check SCHEMA_REGISTRY_URL'),
    })
    expect(about(result, upstream.url).line).toMatch(/^ {2}ok /)
    expect(result.stdout).not.toContain(secret)
  })

  it('asks about the path of a registry that is no Confluent API there', async () => {
    await using upstream = await startUpstream()
    const { topic } = await topicFor('TradeEvent')
    const { origin } = new URL(stack().registryUrl)
    const result = await runCheck({ ...tradeFeed(topic, [upstream.url]), SCHEMA_REGISTRY_URL: origin })
    expect(result.code).toBe(69)
    expect(about(result, `${topic}-value`)).toEqual({
      line: expect.stringMatching(/^ {2}wrong .*404 .*not as a Confluent API does$/),
      cure: expect.stringMatching(
        /→ check that SCHEMA_REGISTRY_URL is the base .* a path such as \/apis\/ccompat\/v7$/,
      ),
    })
  })

  it('says that a schema does not compile', async () => {
    await using upstream = await startUpstream()
    const topic = await createTopic()
    await registerSchema(`${topic}-value`, '"string"')
    const result = await runCheck(tradeFeed(topic, [upstream.url]))
    expect(result.code).toBe(78)
    expect(about(result, `${topic}-value`)).toEqual({
      line: expect.stringMatching(/^ {2}wrong .*documents need a record or a map/),
      cure: expect.stringContaining('→ register a version'),
    })
  })

  it('shows the others while a late one is awaited', async () => {
    const kafka = await startRawUpstream(() => undefined)
    await using upstream = await startUpstream()
    const { topic } = await topicFor('TradeEvent')
    const result = await runCheck({
      ...tradeFeed(topic, [upstream.url]),
      // It accepts connections and says nothing.
      BOOTSTRAP_SERVERS: `127.0.0.1:${kafka.port}`,
      KAFKA_REQUEST_TIMEOUT: '4s',
    })
    await kafka.close()
    expect(result.code).toBe(69)
    const order = [...result.stdout.matchAll(/^(configuration|Kafka|registry|feed)/gm)].map(([title]) => title)
    expect(order).toEqual(['configuration', 'registry', 'feed', 'Kafka'])
    expect(about(result, topic).line).toMatch(/^ {2}wrong .*did not answer in time/)
  })

  it('reaches nobody when the configuration is wrong, and ends with 78', async () => {
    await using upstream = await startUpstream()
    const result = await runCheck({ ...tradeFeed('TradeEvent', [upstream.url]), FEED_X_FOO: '1' })
    expect(result).toMatchObject({ code: 78, stdout: '' })
    expect(result.stderr).toContain('FEED_X_FOO')
    expect(upstream.requests).toHaveLength(0)
  })

  it('takes a dry run as it is: no broker is asked', async () => {
    await using upstream = await startUpstream()
    const topic = uniqueName('TradeEvent')
    await registerSchema(`${topic}-value`, schemaText('TradeEvent'))
    const env = { ...tradeFeed(topic, [upstream.url]), KAFKA_CLIENT: 'stdout', BOOTSTRAP_SERVERS: undefined }
    const result = await runCheck(env)
    expect(result.code).toBe(0)
    expect(result.stdout).toMatch(/^ {2}note .*KAFKA_CLIENT is stdout/m)
  })
})

async function startSynthesiserWith(failures: { refuse: { status: number } }) {
  const synthesiser = await startSynthesiser({ kind: 'trades', ...failures })
  return { url: synthesiser.url, [Symbol.asyncDispose]: () => synthesiser.close() }
}
