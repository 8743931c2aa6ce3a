// Nothing that is secret may leave the process, however much it is asked to say and whatever goes wrong.
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { type Daemon, startDaemon } from '../support/daemon.ts'
import { settled, topicFor, tradeText } from '../support/daemon-feeds.ts'
import { createTopic, readTopic, registerSchema, stack, uniqueName } from '../support/stack.ts'
import { until } from '../support/until.ts'
import { startUpstream } from '../support/upstream.ts'
import { refusedPort } from '../support/upstream-raw.ts'

const GAP_SCHEMA = readFileSync(new URL('../../schemas/tributary.gaps.avsc', import.meta.url), 'utf8')

/** In every secret, so that one look finds any of them. Letters only: encoding must not hide it. */
const CANARY = 'canarybird'
const BASE64 = /Y2FuYXJ5YmlyZ|NhbmFyeWJpcm|jYW5hcnliaXJk/

/** Everything that can be had of the daemon from outside. */
async function allOutput(daemon: Daemon): Promise<string> {
  const pages = await Promise.all(
    ['/', '/status', '/readyz', '/healthz', '/none'].map(async (path) => (await daemon.get(path)).text()),
  )
  return [...pages, daemon.stdout, daemon.stderr].join('\n')
}

function expectNoCanary(text: string): void {
  const at = text.toLowerCase().search(CANARY)
  expect(at < 0 ? '' : text.slice(Math.max(0, at - 200), at + 50)).toBe('')
  expect(text).not.toMatch(BASE64)
}

const asSecret = (url: string, more = ''): string =>
  `${url.replace('://', `://user:${CANARY}-1@`)}?token=${CANARY}-2&${CANARY}-3${more}`

describe('secrets', () => {
  it('stay inside while messages flow, are refused, and sources fail in every way', async () => {
    await using upstream = await startUpstream()
    await using closing = await startUpstream({ onSocket: (socket) => socket.close(1008, 'go away') })
    await using refusing = await startUpstream({ verifyClient: () => false })
    const { topic } = await topicFor('TradeEvent')
    const closed = `ws://127.0.0.1:${await refusedPort()}/ws`
    const urls = [upstream.url, closing.url, refusing.url, closed, 'ws://nobody.invalid/ws']
    await using daemon = startDaemon({
      LOG_LEVEL: 'trace',
      FEED_A_URLS: [...urls.map((url) => asSecret(url)), asSecret(closed, '&again')].join(','),
      FEED_A_SCHEMA: topic,
      FEED_A_KEY_FIELD: 'symbol',
      FEED_A_HEADERS: JSON.stringify({ Authorization: `Bearer ${CANARY}-4` }),
      FEED_A_OPEN_MESSAGES: JSON.stringify([{ api_key: `${CANARY}-5` }]),
      FEED_A_BACKOFF_MAX: '100ms',
      SCHEMA_REGISTRY_URL: stack().registryUrl.replace('://', `://user:${CANARY}-6@`),
    })
    const socket = await upstream.connection(1)
    expect(upstream.requests[0]?.url).toContain(`token=${CANARY}-2`)
    expect(upstream.requests[0]?.headers.authorization).toBe(`Bearer ${CANARY}-4`)
    await until(() => upstream.received.length > 0, { what: 'the opening message' })
    expect(upstream.received[0]?.text).toBe(`{"api_key":"${CANARY}-5"}`)
    const payloads = [
      tradeText(`${CANARY}-7`),
      `${CANARY} is no JSON`,
      `"${CANARY}"`,
      JSON.stringify({ [CANARY]: CANARY }),
      tradeText('1', { symbol: [CANARY] }),
      tradeText('1', { symbol: { [CANARY]: 1 } }),
      tradeText('1', { start_timestamp: { [CANARY]: 1 } }),
      tradeText('1', { tradeData: { [CANARY]: CANARY } }),
      tradeText('1', { tradeData: CANARY }),
      `[{"${CANARY}":1},"${CANARY}"]`,
    ]
    for (const text of payloads) socket.send(text)
    const { documents } = await settled(daemon, 'a', payloads.length)
    expect(documents).toMatchObject({ produced: 1, refused: payloads.length })
    await daemon.said('does not open')
    await until(() => refusing.closed.length + closing.closed.length > 0, { what: 'a source that fails' })
    expectNoCanary(await allOutput(daemon))
    await daemon.stop()
    expect(daemon.log.some(({ level }) => level === 'debug')).toBe(true)
    expectNoCanary(daemon.stdout + daemon.stderr)
  })

  it.each(['platformatic', 'kafkajs'])('stay inside while Kafka and the registry refuse them (%s)', async (client) => {
    const { topic } = await topicFor('TradeEvent')
    // Answers 401 and quotes what it was told, as some gateways do.
    const registry = createServer((request, response) => {
      response.writeHead(401).end(JSON.stringify({ message: request.headers.authorization }))
    })
    await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve))
    const secret = {
      LOG_LEVEL: 'debug',
      KAFKA_CLIENT: client,
      FEED_A_URLS: asSecret('ws://127.0.0.1:9/ws'),
      FEED_A_SCHEMA: topic,
    }
    try {
      await using unauthorised = startDaemon({
        ...secret,
        SCHEMA_REGISTRY_URL: `http://127.0.0.1:${(registry.address() as AddressInfo).port}`,
        SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO: `user:${CANARY}`,
      })
      await using unauthenticated = startDaemon({
        ...secret,
        KAFKA_SECURITY_PROTOCOL: 'SASL_PLAINTEXT',
        KAFKA_SASL_MECHANISM: 'SCRAM-SHA-256',
        KAFKA_SASL_USERNAME: 'user',
        KAFKA_SASL_PASSWORD: CANARY,
      })
      for (const daemon of [unauthorised, unauthenticated]) {
        await daemon.said('cannot start yet')
        expectNoCanary(await allOutput(daemon))
        expect((await daemon.stop()).code).toBe(0)
        expectNoCanary(daemon.stdout + daemon.stderr)
      }
    } finally {
      await new Promise((resolve) => registry.close(resolve))
    }
  })

  it('stay inside when the configuration is wrong about them', async () => {
    await using daemon = startDaemon({
      FEED_A_URLS: `ftp://user:${CANARY}@example.org,ws//${CANARY}`,
      FEED_A_SCHEMA: 'x',
      FEED_A_HEADERS: `{"Authorization": "${CANARY}`,
      FEED_A_OPEN_MESSAGES: `[${CANARY}]`,
      FEED_B_URLS: `ws://example.org/#${CANARY}`,
      FEED_B_SCHEMA: 'x',
      BOOTSTRAP_SERVERS: `user:${CANARY}@kafka:9092`,
      KAFKA_SECURITY_PROTOCOL: 'SASL_SSL',
      KAFKA_SASL_MECHANISM: 'PLAIN',
      KAFKA_SASL_PASSWORD: CANARY,
      SCHEMA_REGISTRY_URL: `https//user:${CANARY}@registry`,
      SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO: CANARY,
      SCHEMA_REGISTRY_BEARER_TOKEN: `Bearer ${CANARY}`,
    })
    expect((await daemon.exited).code).toBe(78)
    for (const variable of ['FEED_A_URLS', 'FEED_A_HEADERS', 'FEED_A_OPEN_MESSAGES', 'BOOTSTRAP_SERVERS']) {
      expect(daemon.stderr).toContain(variable)
    }
    expectNoCanary(daemon.stdout + daemon.stderr)
  })

  it('do not come back when an upstream says them, in whatever form; nor by the path of a URL', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tributary-secrets-'))
    const headersFile = join(folder, 'headers.json')
    const headers = (token: string) => writeFile(headersFile, JSON.stringify({ Authorization: `Bearer ${token}` }))
    await headers(`${CANARY}-h1`)
    const token = '9f86d081884c7d659a2feaa0c55ad015'
    const password = `${CANARY}-open`
    const reasons = [
      `bad key ${password}`,
      `bad key ${encodeURIComponent(`${password} /`)}`,
      `bad key ${Buffer.from(`user:${password}`).toString('base64')}`,
      JSON.stringify({ error: 'no such key', key: password }),
      `no path ${token}`,
      undefined,
    ]
    await using upstream = await startUpstream({
      onSocket: (socket, n) => {
        socket.send('{"no":"trade"}')
        socket.send(tradeText(`t${n}`))
        // Without one of its own it says back what it was told.
        const told = upstream.requests[n - 1]?.headers.authorization
        socket.close(4001, reasons[(n - 1) % reasons.length] ?? `who is ${told}?`)
      },
    })
    const { topic } = await topicFor('TradeEvent')
    await createTopic({ name: `${topic}.dead-letter` })
    const gaps = uniqueName('gaps')
    await Promise.all([registerSchema(`${gaps}-value`, GAP_SCHEMA), createTopic({ name: gaps })])
    await using daemon = startDaemon({
      LOG_LEVEL: 'debug',
      FEED_A_URLS: `${upstream.url}/${token}`,
      FEED_A_SCHEMA: topic,
      FEED_A_OPEN_MESSAGES: JSON.stringify([{ op: 'auth', args: [{ key: password }] }]),
      FEED_A_HEADERS_FILE: headersFile,
      FEED_A_STABLE_AFTER: '1ms',
      FEED_A_BACKOFF_MAX: '20ms',
      RECORD_HEADERS: 'source',
      GAPS_TOPIC: gaps,
    })
    try {
      await until(() => upstream.sockets.length > reasons.length, { what: 'each reason to be given' })
      await headers(`${CANARY}-h2`)
      const hasSecond = () => upstream.requests.some(({ headers }) => headers.authorization === `Bearer ${CANARY}-h2`)
      await until(hasSecond, { what: 'the second token' })
      // The log has no line for each of so many closes.
      let said = ''
      const isSaid = async (): Promise<boolean> => {
        said = (await daemon.feed('a')).sources[0]?.last_close?.detail ?? ''
        return said.includes('who is')
      }
      await until(isSaid, { what: 'the second token to be said back' })
      expectNoCanary(said)
      await until(() => daemon.log.filter(({ msg }) => msg.includes('closed with 4001')).length >= 6, {
        what: 'six lines',
      })
      const read = await Promise.all([
        readTopic(topic, 1),
        readTopic(`${topic}.dead-letter`, 1),
        readTopic(gaps, 1),
        allOutput(daemon),
      ])
      const out = read.map((part) => (typeof part === 'string' ? part : shownRecords(part))).join('\n')
      expectNoCanary(out)
      expect(out).not.toContain(token)
      expect(out).toContain(`${upstream.url}/***`)
      expect(daemon.log.some(({ msg }) => msg.includes('bad key ***'))).toBe(true)
      await daemon.stop()
      expectNoCanary(daemon.stdout + daemon.stderr)
      expect(daemon.stdout + daemon.stderr).not.toContain(token)
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

/** Everything of records that a reader of their topic sees. */
function shownRecords(records: Awaited<ReturnType<typeof readTopic>>): string {
  return records
    .map(({ key, value, headers }) => [key, value, ...Object.values(headers ?? {}).flat()].map(String).join(' '))
    .join('\n')
}
