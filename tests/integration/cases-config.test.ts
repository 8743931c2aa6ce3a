/** Small configurations that users of other programs write, and what becomes of them. */
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Kafka, startKafka } from '../../scripts/stack/kafka.ts'
import { runCheck } from '../support/check.ts'
import { startDaemon } from '../support/daemon.ts'
import { schemaText, topicFor, tradeFeed } from '../support/daemon-feeds.ts'
import { createTopic, readTopic, registerSchema, stack, uniqueName } from '../support/stack.ts'
import { until } from '../support/until.ts'
import { startUpstream } from '../support/upstream.ts'

const SCHEMA = { type: 'record', name: 'R', namespace: 't.ex', fields: [{ name: 'k', type: 'string' }] }

describe('settings that other programs have', () => {
  it('are named one by one, and nothing is suggested that is none', async () => {
    await using daemon = startDaemon({
      FEED_A_URLS: 'ws://127.0.0.1:9/ws',
      FEED_A_SCHEMA: 'A',
      FEED_A_PING_MESSAGE: 'ping',
      FEED_A_SSL_CA_FILE: '/x',
      FEED_A_SCHEMA_VERSION: '1',
      FEED_A_KEY_SCHEMA: 'k',
      FEED_A_HEADER: '{}',
    })
    expect(await daemon.exited).toEqual({ code: 78, signal: null })
    const lines = daemon.stderr.split('\n').filter((line) => line.startsWith('  - '))
    expect(lines.sort()).toEqual([
      '  - FEED_A_HEADER is not a setting; did you mean FEED_A_HEADERS?',
      expect.stringMatching(/FEED_A_KEY_SCHEMA is not a setting of feed a: keys are text/),
      expect.stringMatching(/FEED_A_PING_MESSAGE is not a setting of feed a: pings are .*; remove it/),
      expect.stringMatching(/FEED_A_SCHEMA_VERSION is not a setting of feed a: the latest version/),
      expect.stringMatching(/FEED_A_SSL_CA_FILE is not a setting of feed a: .*NODE_EXTRA_CA_CERTS/),
    ])
    expect(daemon.stderr).not.toMatch(/FEED_A_KEY_URLS|FEED_A_PING_URLS|PING_MAX_AGE/)
  })

  it('give one problem where there is one: a mechanism that is not known', async () => {
    await using daemon = startDaemon({
      FEED_A_URLS: 'ws://127.0.0.1:9/ws',
      FEED_A_SCHEMA: 'A',
      KAFKA_SECURITY_PROTOCOL: 'SASL_SSL',
      KAFKA_SASL_MECHANISM: 'AWS_MSK_IAM',
    })
    expect(await daemon.exited).toEqual({ code: 78, signal: null })
    expect(daemon.stderr).toBe(
      'tributary: 1 configuration problem:\n  - KAFKA_SASL_MECHANISM must be one of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER; it is "AWS_MSK_IAM".\n',
    )
  })

  it('are a warning where they are misspelt, without their value, and no foreign variable is', async () => {
    await using upstream = await startUpstream()
    const { topic } = await topicFor('TradeEvent')
    const env = {
      ...tradeFeed(topic, [upstream.url]),
      LANE_DIRR: '/s3cret',
      METRICS_PROT: '1',
      KAFKA_HEAP_OPTS: '-Xmx1g',
    }
    const result = await runCheck(env)
    expect(result.code).toBe(78)
    expect(result.stdout).toMatch(
      /wrong .*LANE_DIRR is not a setting of this program and has no effect\n +→ did you mean LANE_DIR\?/,
    )
    expect(result.stdout).toMatch(/wrong .*METRICS_PROT is not a setting .*\n +→ did you mean METRICS_PORT\?/)
    expect(result.stdout).not.toMatch(/s3cret|KAFKA_HEAP_OPTS/)
    await using daemon = startDaemon(env)
    await daemon.ready()
    const warned = daemon.log.filter(({ msg }) => msg.includes('is not a setting'))
    expect(warned.map(({ level }) => level)).toEqual(['warn', 'warn'])
  })
})

describe('a file of URLs', () => {
  it('is called as the operator called it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tributary-test-'))
    const file = join(folder, 'urls')
    await using upstream = await startUpstream()
    await writeFile(file, upstream.url)
    const topic = uniqueName('TradeEvent')
    await Promise.all([registerSchema(`${topic}-value`, schemaText('TradeEvent')), createTopic({ name: topic })])
    for (const variable of ['FINNHUB_DATA_URLS_FILE', 'FEED_FINNHUB_TRADE_URLS_FILE']) {
      const env = { FINNHUB_TRADE_DATA: 'True', KAFKA_TOPIC_FINNHUB_TRADE: topic, [variable]: file }
      await using daemon = startDaemon(env)
      await until(() => upstream.sockets.length > 0, { what: 'the connection' })
      await rm(file)
      for (const socket of upstream.sockets.splice(0)) socket.close()
      const { msg } = await daemon.said('cannot be read')
      expect(msg).toContain(`the file of ${variable} cannot be read (ENOENT)`)
      await writeFile(file, upstream.url)
      await daemon.stop()
    }
    await rm(folder, { recursive: true })
  })
})

describe('a broker', () => {
  let proxy: Server
  let kafka: Kafka
  beforeAll(async () => {
    proxy = createServer((socket) => {
      const [host = '', port] = String(kafka.listeners.SIX).split(':')
      const broker = connect(Number(port), host)
      for (const one of [socket, broker]) one.on('error', () => {})
      socket.pipe(broker).pipe(socket)
    }).listen(0, '::1')
    await once(proxy, 'listening')
    const { port } = proxy.address() as AddressInfo
    kafka = await startKafka({ listeners: [{ name: 'SIX', protocol: 'PLAINTEXT', advertised: `[::1]:${port}` }] })
  })
  afterAll(async () => {
    await kafka?.stop()
    proxy.close()
  })

  it.each(['platformatic', 'kafkajs'])('with an IPv6 address is written to (%s)', async (client) => {
    await using upstream = await startUpstream({ onSocket: (socket) => socket.send('{"k":"six"}') })
    const { bootstrapServers } = kafka
    const topic = await createTopic({ bootstrapServers })
    await registerSchema(`${topic}-value`, SCHEMA)
    await using daemon = startDaemon({
      BOOTSTRAP_SERVERS: `[::1]:${(proxy.address() as AddressInfo).port}`,
      KAFKA_CLIENT: client,
      FEED_X_URLS: upstream.url,
      FEED_X_SCHEMA: topic,
    })
    await daemon.ready()
    const [record] = await readTopic(topic, 1, { bootstrapServers })
    expect(record?.value?.subarray(5).toString()).toBe('\u0006six')
  })

  it.each(['platformatic', 'kafkajs'])('without SASL says so to a client with it (%s)', async (client) => {
    await using daemon = startDaemon({
      BOOTSTRAP_SERVERS: stack().bootstrapServers,
      KAFKA_CLIENT: client,
      KAFKA_SECURITY_PROTOCOL: 'SASL_PLAINTEXT',
      KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
      KAFKA_SASL_USERNAME: 'alice',
      KAFKA_SASL_PASSWORD: 'secret',
      FEED_X_URLS: 'ws://127.0.0.1:9/ws',
      FEED_X_SCHEMA: 'X',
      STARTUP_TIMEOUT: '3',
    })
    expect(await daemon.exited).toEqual({ code: 69, signal: null })
    const { msg } = await daemon.said('could not start')
    expect(msg).toContain('this listener of the broker takes no SASL')
    expect(msg).toContain('check KAFKA_SECURITY_PROTOCOL')
  })
})
