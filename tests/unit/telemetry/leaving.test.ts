/** Series go with what they are about. */
import { describe, expect, it } from '@jest/globals'
import type { Event } from '../../../app/events.ts'
import { Gaps } from '../../../app/gaps/index.ts'
import { createLedger } from '../../../app/ledger.ts'
import { Clock } from '../../../app/lib/clock.ts'
import { createMetrics } from '../../../app/telemetry/metrics.ts'
import { Status } from '../../../app/telemetry/status.ts'
import { UrlLabels } from '../../../app/telemetry/url-labels.ts'
import { parseMetrics, type Samples } from '../../support/daemon-metrics.ts'
import { source } from '../../support/messages.ts'
import { until } from '../../support/until.ts'

const commonLabels = { did_provider: '', ssi_validation: 'true', cache_did: 'false', processing_mode: '' }
const a = source('ws://a/')
const b = source('ws://b/')
const held = { messages: 0, bytes: 0, limitBytes: 1, oldestReceivedAt: 0, kept: 0 }

function watched() {
  const status = new Status()
  const gaps = new Gaps()
  const ledger = createLedger()
  const parts = {
    ledger,
    restored: createLedger(),
    lane: { held },
    deadLetters: { topic: 'd' },
    encoder: { undeclared: 1 },
  }
  const feeds = new Map([['f', parts]])
  status.addFeed('f', [a])
  gaps.addFeed('f', [a])
  const observed = { status, gaps, feeds, schemas: () => new Map(), clock: new Clock(), logLinesDropped: () => 0 }
  const metrics = createMetrics({ commonLabels, maxUrls: 10, version: '0', observed })
  const apply = (...events: readonly Event[]): void => {
    for (const event of events) {
      status.apply(event)
      metrics.apply(event)
      gaps.apply(event, () => {})
    }
  }
  let last = ''
  /** The page is rendered anew a while after the last time, and has the time that the process took in it. */
  const samples = async (): Promise<Samples> => {
    const before = last
    const isNew = async (): Promise<boolean> => {
      last = await metrics.render()
      return last !== before
    }
    await until(isNew, { what: 'a page that is rendered anew' })
    return parseMetrics(last)
  }
  return { apply, samples, feeds, gaps }
}

const life: readonly Event[] = [
  { type: 'source.joined', source: a },
  { type: 'source.opened', source: a, afterDials: 1 },
  { type: 'messages.received', source: a, messages: 3, firstAt: 1, at: 1 },
  { type: 'records.requested', topic: 't', records: 3 },
  { type: 'records.acknowledged', topic: 't', records: 3, durationMs: 1 },
  { type: 'batch.settled', feed: 'f', messages: 3, receivedAt: [1, 3] },
  { type: 'produce.held', topic: 't', partition: 0, reason: 'connect', detail: '', first: true },
  {
    type: 'source.lost',
    source: a,
    reason: 'closed',
    code: 1000,
    detail: '',
    openMs: 5,
    redialInMs: 1,
  },
]

describe('a series', () => {
  it('goes with its feed, its source or its topic, and not before', async () => {
    const { apply, samples, feeds, gaps } = watched()
    const none = (await samples()).all.filter(({ labels }) => !labels.feed && !labels.url)
    apply(...life)
    const before = await samples()
    expect(before.value('kafka_producer_websocket_messages_received_total', { url: 'ws://a/' })).toBe(3)
    expect(before.value('tributary_dials_total', { feed: 'f', outcome: 'opened' })).toBe(1)
    apply({ type: 'source.left', source: a })
    const without = await samples()
    expect(without.all.filter(({ labels }) => labels.url === 'ws://a/')).toEqual([])
    expect(without.value('tributary_sources', { feed: 'f' })).toBe(0)
    expect(without.value('tributary_dials_total', { feed: 'f', outcome: 'opened' })).toBe(1)
    feeds.delete('f')
    gaps.removeFeed('f')
    apply({ type: 'feed.left', feed: 'f' }, { type: 'topic.left', topic: 't' })
    const after = await samples()
    const ours = (all: Samples['all']) => all.map(({ name }) => name).filter((name) => /^(tributary|kafka)/.test(name))
    expect(after.all.filter(({ labels }) => labels.feed === 'f' || labels.topic === 't')).toEqual([])
    expect(ours(after.all)).toEqual(ours(none))
  })

  it('of a URL stays while another source has it, and begins at 0 when it comes back', async () => {
    const { apply, samples } = watched()
    const twin = source('ws://a/', 'g')
    const received = async () =>
      (await samples()).value('kafka_producer_websocket_messages_received_total', { url: 'ws://a/' })
    apply(...life, { type: 'source.joined', source: twin }, { type: 'source.left', source: a })
    expect(await received()).toBe(3)
    apply({ type: 'source.left', source: twin })
    expect(await received()).toBeUndefined()
    apply({ type: 'source.joined', source: { ...a } })
    expect(await received()).toBe(0)
  })
})

describe('the url label', () => {
  it('is given to as many as may have one; who leaves makes room', () => {
    const urls = new UrlLabels(1)
    const c = source('ws://c/')
    expect([a, b, c, a].map((one) => urls.of(one))).toEqual(['ws://a/', 'other', 'other', 'ws://a/'])
    expect(urls.leave(a)).toBe('ws://a/')
    expect([urls.of(b), urls.of(source('ws://d/'))]).toEqual(['other', 'ws://d/'])
    expect([urls.leave(b), urls.leave(b), urls.leave(c)]).toEqual([undefined, undefined, 'other'])
  })

  it('of a source that never came is not taken from another', () => {
    const urls = new UrlLabels(1)
    urls.of(a)
    expect(urls.leave(source('ws://a/', 'g'))).toBeUndefined()
    expect(urls.of(a)).toBe('ws://a/')
  })
})
