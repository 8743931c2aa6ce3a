// The operator's port as the users of the replaced producer know it: names, labels, paths, methods.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { startDaemon } from '../support/daemon.ts'
import { settled, topicFor, tradeFeed, tradeText } from '../support/daemon-feeds.ts'
import { parseMetrics } from '../support/daemon-metrics.ts'
import { until } from '../support/stack.ts'
import { startUpstream } from '../support/upstream.ts'

const COMMON = ['did_provider', 'ssi_validation', 'cache_did', 'processing_mode']
/** The metrics of the replaced producer: kind, and labels beside the four common ones. */
const REPLACED: Readonly<Record<string, readonly [kind: string, labels: readonly string[]]>> = {
  kafka_producer_requests_total: ['counter', ['topic']],
  kafka_producer_request_failures_total: ['counter', ['topic']],
  kafka_producer_request_duration_seconds: ['histogram', ['topic']],
  kafka_producer_websocket_connections_total: ['counter', ['url']],
  kafka_producer_websocket_disconnections_total: ['counter', ['url']],
  kafka_producer_websocket_connection_errors_total: ['counter', ['url']],
  kafka_producer_websocket_messages_received_total: ['counter', ['url']],
  kafka_producer_websocket_connection_duration_seconds: ['histogram', ['url']],
  kafka_producer_websocket_messages_timeout_total: ['counter', []],
}

describe('the port', () => {
  it('has the nine metrics of the replaced producer, with their kinds, labels and values, at / and /metrics', async () => {
    await using upstream = await startUpstream()
    const { topic } = await topicFor('TradeEvent')
    await using daemon = startDaemon({
      ...tradeFeed(topic, [upstream.url.replace('//', '//user:canary@')]),
      DID_PROVIDER: 'did:ethr:sepolia',
      SSI_VALIDATION: 'Yes',
      CACHE_DID: 'False',
      PROCESSING_MODE: 'async',
    })
    const socket = await upstream.connection(1)
    for (const text of [tradeText('1'), tradeText('2'), 'no trade', tradeText('3')]) socket.send(text)
    await settled(daemon, 'finnhub_trade', 4)
    socket.close(1000)
    await upstream.connection(2)
    const metrics = await daemon.metrics()
    await until(async () => (await daemon.metrics()).value('kafka_producer_websocket_connections_total') === 2, {
      what: 'the second connection to be counted',
    })
    const after = parseMetrics(await (await daemon.get('/')).text())
    expect(after.types).toEqual(metrics.types)

    const common = {
      did_provider: 'did:ethr:sepolia',
      ssi_validation: 'true',
      cache_did: 'true',
      processing_mode: 'async',
    }
    for (const [name, [kind, own]] of Object.entries(REPLACED)) {
      expect([name, after.types[name]]).toEqual([name, kind])
      const series = after.all.filter((one) => one.name.replace(/_(bucket|sum|count)$/, '') === name)
      expect(series).not.toEqual([])
      for (const { labels } of series) {
        expect(labels).toMatchObject(common)
        expect(Object.keys(labels).filter((label) => label !== 'le')).toEqual([...COMMON, ...own])
      }
    }
    const { url } = upstream
    const value = (what: string, labels: Record<string, string>) => after.value(`kafka_producer_${what}`, labels)
    expect(value('requests_total', { topic })).toBe(3)
    expect(value('request_duration_seconds_count', { topic })).toBe(3)
    expect(value('request_duration_seconds_bucket', { topic, le: '+Inf' })).toBe(3)
    expect(value('request_failures_total', { topic })).toBe(0)
    expect(value('websocket_connections_total', { url })).toBe(2)
    expect(value('websocket_disconnections_total', { url })).toBe(1)
    expect(value('websocket_connection_errors_total', { url })).toBe(0)
    expect(value('websocket_messages_received_total', { url })).toBe(4)
    expect(value('websocket_connection_duration_seconds_count', { url })).toBe(1)
    expect(value('websocket_messages_timeout_total', {})).toBe(0)
    // Only these nine carry the four labels.
    const carriers = after.all.filter(({ labels }) => 'did_provider' in labels)
    expect(new Set(carriers.map(({ name }) => name.replace(/_(bucket|sum|count)$/, '')))).toEqual(
      new Set(Object.keys(REPLACED)),
    )
    expect(
      Object.entries(after.types).filter(([name, kind]) => name.endsWith('_total') !== (kind === 'counter')),
    ).toEqual([])
  })

  it('counts what is lost to silence as a timeout and not as an error', async () => {
    await using upstream = await startUpstream()
    const { topic } = await topicFor('TradeEvent')
    await using daemon = startDaemon({ ...tradeFeed(topic, [upstream.url]), PRODUCER_TIMEOUT: '0.2' })
    await upstream.connection(2)
    const metrics = await daemon.metrics()
    expect(metrics.value('kafka_producer_websocket_messages_timeout_total')).toBeGreaterThanOrEqual(1)
    expect(metrics.value('kafka_producer_websocket_connection_errors_total')).toBe(0)
    expect(metrics.value('tributary_sources', { feed: 'finnhub_trade' })).toBe(1)
  })

  it('answers GET and HEAD on its paths and nothing else', async () => {
    await using upstream = await startUpstream()
    const { topic, id } = await topicFor('TradeEvent')
    await using daemon = startDaemon(tradeFeed(topic, [upstream.url]))
    await daemon.ready()
    for (const path of ['/', '/metrics', '/healthz', '/health', '/readyz', '/ready', '/status']) {
      expect([path, (await daemon.get(path)).status]).toEqual([path, 200])
      const head = await daemon.get(path, { method: 'HEAD' })
      expect([path, head.status, await head.text()]).toEqual([path, 200, ''])
      expect(Number(head.headers.get('content-length'))).toBeGreaterThan(0)
    }
    expect((await daemon.get('/metrics')).headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
    expect((await daemon.get('/metrics?name[]=up')).status).toBe(200)
    for (const path of ['/metric', '/status/x', '/admin', '/..%2fetc%2fpasswd']) {
      expect([path, (await daemon.get(path)).status]).toEqual([path, 404])
    }
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const response = await daemon.get('/metrics', { method })
      expect([method, response.status, response.headers.get('allow')]).toEqual([method, 405, 'GET, HEAD'])
    }
    const status = await daemon.status()
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
    expect(status).toMatchObject({
      version,
      kafka_connected: true,
      schemas: { [`${topic}-value`]: { id, version: 1 } },
      feeds: { finnhub_trade: { state: 'running', topics: [topic], sources: [{ url: upstream.url, dials: 1 }] } },
    })
  })

  it('is there before Kafka and the schemas are, alive but not ready', async () => {
    await using upstream = await startUpstream()
    await using daemon = startDaemon({
      ...tradeFeed('no-such-topic', [upstream.url]),
      BOOTSTRAP_SERVERS: '127.0.0.1:1',
    })
    await daemon.said('cannot start yet')
    expect((await daemon.get('/healthz')).status).toBe(200)
    const ready = await daemon.get('/readyz')
    expect(ready.status).toBe(503)
    expect(await ready.text()).toMatch(/Kafka has not been connected yet[\s\S]*feed finnhub_trade is parked/)
    expect(upstream.sockets).toEqual([])
  })
})
