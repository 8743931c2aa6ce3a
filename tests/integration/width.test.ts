// Many sources in one daemon: all of them open, each once, and what is told of them stays bounded.
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { startDaemon } from '../support/daemon.ts'
import { schemaText, settled, tradeText } from '../support/daemon-feeds.ts'
import { registerSchema, uniqueName } from '../support/stack.ts'
import { until } from '../support/until.ts'
import { startUpstream } from '../support/upstream.ts'

const SOURCES = 2_000
const LABELLED = 50

describe('2,000 sources', () => {
  it('are all dialled once and open, under no more url labels than allowed, and each delivers', async () => {
    await using upstream = await startUpstream()
    const topic = uniqueName('TradeEvent')
    await registerSchema(`${topic}-value`, schemaText('TradeEvent'))
    const urlsFile = join(tmpdir(), topic)
    await writeFile(urlsFile, Array.from({ length: SOURCES }, (_, at) => `${upstream.url}/${at}`).join('\n'))
    await using daemon = startDaemon({
      KAFKA_CLIENT: 'stdout',
      BOOTSTRAP_SERVERS: undefined,
      FEED_WIDE_URLS_FILE: urlsFile,
      FEED_WIDE_SCHEMA: topic,
      DIAL_RATE: '2000',
      METRICS_MAX_URLS: String(LABELLED),
    })
    await daemon.url()
    const isOpen = async () => (await daemon.metrics()).value('tributary_sources', { state: 'open' }) === SOURCES
    await until(isOpen, { what: 'all sources to be open', timeoutMs: 60_000 })
    upstream.sendAll(tradeText('1'))
    await settled(daemon, 'wide', SOURCES)
    const received = async () => (await daemon.metrics()).value('kafka_producer_websocket_messages_received_total')
    await until(async () => (await received()) === SOURCES, { what: 'every message to be counted' })
    const { all, value } = await daemon.metrics()
    expect(new Set(all.flatMap(({ labels }) => labels.url ?? [])).size).toBe(LABELLED + 1)
    expect(value('kafka_producer_websocket_connections_total')).toBe(SOURCES)
    const { sources } = await daemon.feed('wide')
    const told = sources.map(({ url, state, dials, messages }) => `${url} ${state} ${dials} ${messages}`)
    const wanted = Array.from({ length: SOURCES }, (_, at) => `${upstream.url}/${at} open 1 1`)
    expect(told.join('\n') === wanted.join('\n')).toBe(true)
    expect(await daemon.stop()).toEqual({ code: 0, signal: null })
    expect(daemon.stdout.split('\n')).toHaveLength(SOURCES + 1)
  }, 120_000)
})
