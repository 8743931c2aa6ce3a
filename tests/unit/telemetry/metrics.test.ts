/** Events become the metrics of the table. */
import { describe, expect, it } from '@jest/globals'
import type { Event } from '../../../app/events.ts'
import { Gaps } from '../../../app/gaps/index.ts'
import { Clock, steadyNow } from '../../../app/lib/clock.ts'
import { createMetrics } from '../../../app/telemetry/metrics.ts'
import { Status } from '../../../app/telemetry/status.ts'
import { source } from '../../support/messages.ts'

const commonLabels = { did_provider: 'did:key', ssi_validation: 'true', cache_did: 'false', processing_mode: 'sync' }
const common = 'did_provider="did:key",ssi_validation="true",cache_did="false",processing_mode="sync"'

/** The sample lines after `events`. */
async function scrape(events: readonly Event[], maxUrls = 200): Promise<string[]> {
  const observed = {
    status: new Status(),
    gaps: new Gaps(),
    feeds: new Map(),
    schemas: () => new Map(),
    clock: new Clock(),
    logLinesDropped: () => 0,
  }
  const metrics = createMetrics({ commonLabels, maxUrls, version: '0', observed })
  for (const event of events) metrics.apply(event)
  return (await metrics.render()).split('\n').filter((line) => !line.startsWith('#'))
}

const lost = (over: Partial<Extract<Event, { type: 'source.lost' }>>): Event => ({
  type: 'source.lost',
  source: source('ws://a/x'),
  reason: 'closed',
  code: 1011,
  detail: '',
  openMs: 2_000,
  redialInMs: 1,
  ...over,
})

describe('metrics', () => {
  it('count a lost connection by reason and code, and codes of the upstream only by their thousand', async () => {
    const lines = await scrape([lost({}), lost({ code: 4321 }), lost({ code: 4000 }), lost({ code: undefined })])
    expect(lines).toContain('tributary_connections_lost_total{feed="f",reason="closed",code="1011"} 1')
    expect(lines).toContain('tributary_connections_lost_total{feed="f",reason="closed",code="4xxx"} 2')
    expect(lines).toContain('tributary_connections_lost_total{feed="f",reason="closed",code=""} 1')
    expect(lines).toContain(`kafka_producer_websocket_disconnections_total{${common},url="ws://a/x"} 4`)
    expect(lines).toContain(
      `kafka_producer_websocket_connection_duration_seconds_bucket{${common},url="ws://a/x",le="5"} 4`,
    )
    expect(lines).toContain(
      `kafka_producer_websocket_connection_duration_seconds_bucket{${common},url="ws://a/x",le="1"} 0`,
    )
  })

  it('tell a dial that failed from a connection that broke', async () => {
    const lines = await scrape([lost({ openMs: undefined, reason: 'connect', code: undefined })])
    expect(lines).toContain('tributary_dials_total{feed="f",outcome="connect"} 1')
    expect(lines).toContain(`kafka_producer_websocket_connection_errors_total{${common},url="ws://a/x"} 1`)
    expect(lines.some((line) => line.startsWith('kafka_producer_websocket_disconnections_total'))).toBe(false)
  })

  it('count silence as a timeout, and an orderly end as no error', async () => {
    const lines = await scrape([lost({ reason: 'silent' }), lost({ reason: 'ended', code: 1000 })])
    expect(lines).toContain(`kafka_producer_websocket_messages_timeout_total{${common}} 1`)
    expect(lines.some((line) => line.startsWith('kafka_producer_websocket_connection_errors_total'))).toBe(false)
  })

  it('call urls beyond the cap other', async () => {
    const opened = (id: string): Event => ({ type: 'source.opened', source: source(id), afterDials: 1 })
    const lines = await scrape([opened('ws://a'), opened('ws://b'), opened('ws://c'), opened('ws://a')], 1)
    expect(lines).toContain(`kafka_producer_websocket_connections_total{${common},url="ws://a"} 2`)
    expect(lines).toContain(`kafka_producer_websocket_connections_total{${common},url="other"} 2`)
  })

  it('observe a duration once per record and per message, by weight', async () => {
    const lines = await scrape([
      { type: 'records.acknowledged', topic: 't', records: 300, durationMs: 7 },
      { type: 'batch.settled', feed: 'f', messages: 5, receivedAt: [Date.now() + 60_000, 5] },
    ])
    expect(lines).toContain(`kafka_producer_request_duration_seconds_bucket{${common},topic="t",le="0.01"} 300`)
    expect(lines).toContain(`kafka_producer_request_duration_seconds_bucket{${common},topic="t",le="0.005"} 0`)
    expect(lines).toContain('tributary_delivery_duration_seconds_count{feed="f"} 5')
    expect(lines).toContain('tributary_delivery_duration_seconds_sum{feed="f"} 0')
  })

  it('observe how long a delivery took, whatever became of the clock meanwhile', async () => {
    const receivedAt = steadyNow()
    const { now } = Date
    Date.now = () => now() + 7_200_000
    try {
      const lines = await scrape([{ type: 'batch.settled', feed: 'f', messages: 1, receivedAt: [receivedAt, 1] }])
      expect(lines).toContain('tributary_delivery_duration_seconds_bucket{feed="f",le="60"} 1')
    } finally {
      Date.now = now
    }
  })

  it('have no gauge whose name ends in _total', async () => {
    const metrics = createMetrics({
      commonLabels,
      maxUrls: 1,
      version: '0',
      observed: {
        status: new Status(),
        gaps: new Gaps(),
        feeds: new Map(),
        schemas: () => new Map(),
        clock: new Clock(),
        logLinesDropped: () => 0,
      },
    })
    expect((await metrics.render()).match(/^# TYPE \S+_total gauge$/gm)).toBeNull()
  })
})
