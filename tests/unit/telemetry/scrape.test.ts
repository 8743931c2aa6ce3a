/** What a scrape reads: the ledger and the lanes as they are, rendered once for all who ask. */
import { describe, expect, it } from '@jest/globals'
import { Gaps } from '../../../app/gaps/index.ts'
import { createLedger } from '../../../app/ledger.ts'
import { Clock, steadyNow } from '../../../app/lib/clock.ts'
import { createMetrics } from '../../../app/telemetry/metrics.ts'
import { Status } from '../../../app/telemetry/status.ts'
import { parseMetrics } from '../../support/daemon-metrics.ts'
import { source } from '../../support/messages.ts'
import { until } from '../../support/until.ts'

const commonLabels = { did_provider: 'did:key', ssi_validation: 'true', cache_did: 'false', processing_mode: 'sync' }

function observed(clock = new Clock()) {
  const ledger = createLedger()
  const restored = createLedger()
  const held = { messages: 3, bytes: 1_000, limitBytes: 5_000, oldestReceivedAt: 1_700_000_000_500, kept: 0 }
  const status = new Status()
  status.addFeed('f', [source('ws://a/'), source('ws://b/')])
  const scrapes = { count: 0 }
  const metrics = createMetrics({
    commonLabels,
    maxUrls: 10,
    version: '1',
    observed: {
      status,
      gaps: new Gaps(),
      feeds: new Map([
        ['f', { ledger, restored, lane: { held }, deadLetters: { topic: 'd' }, encoder: { undeclared: 4 } }],
      ]),
      schemas: () => {
        scrapes.count++
        return new Map([['s-value', { fetchedAt: 1_700_000_000_000 }]])
      },
      clock,
      logLinesDropped: () => 7,
    },
  })
  return { ledger, restored, status, metrics, scrapes, samples: async () => parseMetrics(await metrics.render()) }
}

describe('a scrape', () => {
  it('tells what was ignored by its reason, and all of it together', async () => {
    const { ledger, samples } = observed()
    ledger.ignored = 10
    ledger.ignoredFor.set('control', 7)
    const ignored = { feed: 'f', outcome: 'ignored' }
    const read = await samples()
    expect(read.value('tributary_documents_total', { ...ignored, reason: 'control' })).toBe(7)
    expect(read.value('tributary_documents_total', { ...ignored, reason: '' })).toBe(3)
  })

  it('counts from the start of the process, and sums over restarts', async () => {
    const { ledger, restored, samples } = observed()
    for (const one of [ledger, restored]) {
      Object.assign(one, { received: 100, settled: 90, found: 95, produced: 80, ignored: 5 })
      one.refused.set('not_json', 10)
    }
    Object.assign(ledger, { received: 110, settled: 107, found: 112, produced: 90, ignored: 7, inFlight: 3 })
    ledger.refused.set('not_json', 12)
    ledger.ignoredFor.set('control', 2)
    const { value } = await samples()
    const count = (name: string, labels = {}) => value(`tributary_${name}`, { feed: 'f', ...labels })
    expect([count('messages_received_total'), count('messages_settled_total')]).toEqual([10, 17])
    expect(count('documents_total', { outcome: 'produced' })).toBe(10)
    expect(count('documents_total', { outcome: 'refused', reason: 'not_json' })).toBe(2)
    expect(count('documents_total', { outcome: 'ignored', reason: '' })).toBe(0)
    expect(count('documents_total', { outcome: 'ignored', reason: 'control' })).toBe(2)
    const messages = ['received', 'settled', 'dropped', 'held'].map((state) => count('ledger_messages', { state }))
    expect(messages).toEqual([110, 107, 0, 3])
    const outcomes = ['found', 'produced', 'refused', 'ignored', 'in_flight']
    expect(outcomes.map((outcome) => count('ledger_documents', { outcome }))).toEqual([112, 90, 12, 7, 3])
  })

  it('tells times by the clock of the broker', async () => {
    const clock = new Clock()
    const now = steadyNow()
    clock.saw('broker', [now - 7_200_000, now - 7_200_000], [now, now])
    const { value } = await observed(clock).samples()
    expect(value('tributary_schema_last_success_timestamp_seconds')).toBe(1_700_000_000 - 7_200)
    expect(value('tributary_source_last_message_timestamp_seconds')).toBe(0)
  })

  it('tells how many fields records are without', async () => {
    const { samples } = observed()
    expect((await samples()).value('tributary_fields_undeclared_total', { feed: 'f' })).toBe(4)
  })

  it('mirrors the ledger and the lane, by reason', async () => {
    const { ledger, samples } = observed()
    Object.assign(ledger, { received: 10, settled: 7, found: 20, produced: 11, ignored: 2, inFlight: 3 })
    ledger.refused.set('not_json', 4)
    ledger.dropped.set('lane_full', 1)
    const { value } = await samples()
    const f = { feed: 'f' }
    expect(value('tributary_messages_received_total', f)).toBe(10)
    expect(value('tributary_messages_settled_total', f)).toBe(7)
    expect(value('tributary_messages_held', f)).toBe(3)
    expect(value('tributary_messages_dropped_total', { ...f, reason: 'lane_full' })).toBe(1)
    expect(value('tributary_documents_found_total', f)).toBe(20)
    expect(value('tributary_documents_in_flight', f)).toBe(3)
    expect(value('tributary_documents_total', { ...f, outcome: 'produced' })).toBe(11)
    expect(value('tributary_documents_total', { ...f, outcome: 'ignored' })).toBe(2)
    expect(value('tributary_documents_total', { ...f, outcome: 'refused', reason: 'not_json' })).toBe(4)
    expect(value('tributary_dead_letters_in_use', f)).toBe(1)
    expect(value('tributary_lane_bytes', f)).toBe(1_000)
    expect(value('tributary_lane_limit_bytes', f)).toBe(5_000)
    expect(value('tributary_lane_oldest_message_timestamp_seconds', f)).toBe(1_700_000_000.5)
    expect(value('tributary_schema_last_success_timestamp_seconds', { subject: 's-value' })).toBe(1_700_000_000)
    expect(value('tributary_log_lines_dropped_total')).toBe(7)
    expect(value('tributary_build_info', { version: '1', node: process.versions.node })).toBe(1)
  })

  it('tells the sources by state, and which feeds are parked', async () => {
    const { status, samples } = observed()
    const [first] = [...(status.feeds.get('f')?.sources.keys() ?? [])]
    if (!first) throw new Error('no source')
    status.apply({ type: 'source.dialled', source: first })
    status.apply({ type: 'source.opened', source: first, afterDials: 1 })
    status.apply({
      type: 'messages.received',
      source: first,
      messages: 2,
      firstAt: 1_700_000_000_900,
      at: 1_700_000_001_000,
    })
    status.apply({ type: 'feed.parked', feed: 'f', reason: 'no_subject', detail: '' })
    const { value } = await samples()
    const states = ['waiting', 'dialling', 'open', 'refused', 'stopped']
    expect(states.map((state) => value('tributary_sources', { feed: 'f', state }))).toEqual([1, 0, 1, 0, 0])
    expect(value('tributary_source_last_message_timestamp_seconds', { feed: 'f' })).toBe(1_700_000_001)
    expect(value('tributary_feed_parked', { feed: 'f' })).toBe(1)
  })

  it('counts upwards only, however often it is read', async () => {
    const { ledger, metrics, samples } = observed()
    const seen: (number | undefined)[] = []
    for (const received of [5, 5, 9]) {
      ledger.received = received
      const before = metrics.render()
      await until(() => metrics.render() !== before, { what: 'a new rendering' })
      seen.push((await samples()).value('tributary_messages_received_total', { feed: 'f' }))
    }
    expect(seen).toEqual([5, 5, 9])
  })

  it('is rendered once for many who ask at the same time', async () => {
    const { metrics, scrapes } = observed()
    const texts = await Promise.all(Array.from({ length: 50 }, () => metrics.render()))
    expect(new Set(texts).size).toBe(1)
    expect(scrapes.count).toBe(1)
    await until(async () => (await metrics.render()) !== '' && scrapes.count === 2, {
      what: 'a second rendering, later',
    })
  })

  it('counts descriptors, and lists no sockets', async () => {
    const { all, value } = await observed().samples()
    expect(value('process_open_fds')).toBeGreaterThan(0)
    expect(all.filter(({ name }) => name.startsWith('nodejs_active'))).toEqual([])
  })
})
