/** Row 37: a hundred thousand messages a second, as far as the sockets take them, and then none. */
import { openCheck } from '../../../scripts/bench/check.ts'
import { type Flood, startFlood } from '../../../scripts/bench/flood-process.ts'
import { shapes } from '../../../scripts/bench/shapes/index.ts'
import { shares } from '../../../scripts/bench/shapes/shape.ts'
import { registerSchema, visitTopic } from '../../support/stack.ts'
import { growth } from '../growth.ts'
import type { Rig } from '../rig.ts'
import type { Row } from '../row.ts'
import { openSideFeed, type SideFeed } from '../side-feed.ts'

const RATE = 100_000
const SECONDS = 60
const SOURCES = 4
const KEY = 'flood'
/** As slow as a busy machine may be. */
const SLOWEST = 5_000

interface Place {
  readonly flood: Flood
  readonly side: SideFeed
  readonly schemaId: number
  shares: readonly number[]
}
const places = new WeakMap<Rig, Place>()

export const row: Row = {
  number: 37,
  title: '100,000 messages/s for 60 s, and then none',
  clients: 'any',
  env: (rig) => {
    const { side, flood } = placeOf(rig)
    return side.env(flood.urls, { KEY, LANE_MAX_BYTES: '32MiB' })
  },
  // With a machine's memory to itself, V8 lets garbage lie: what stays is looked at by `growth`, tight limits by row 43.
  expect: { controlFlows: true, rssBytes: 600 * 1024 * 1024 },
  async prepare(rig) {
    const side = await openSideFeed(rig, 'flood')
    const schemaId = await registerSchema(side.subject, shapes.small.schema, [], rig.registry.direct)
    const flood = await startFlood('small', SOURCES)
    rig.defer(() => flood.stop())
    places.set(rig, { flood, side, schemaId, shares: [] })
  },
  async inject(rig) {
    const place = placeOf(rig)
    const { flood, side } = place
    await flood.open()
    const messages = Math.round((rig.scaled(SECONDS) / 1_000) * RATE)
    const timeoutMs = 60_000 + (messages / SLOWEST) * 1_000
    place.shares = shares(messages, SOURCES)
    const startedAt = performance.now()
    const sent = flood.send({ send: place.shares, rate: RATE })
    await rig.noticesInMetrics(
      'tributary_messages_received_total rises by thousands',
      (samples) => (samples.value('tributary_messages_received_total', { feed: side.name }) ?? 0) > RATE / 10,
    )
    await sent
    const sentMs = performance.now() - startedAt
    rig.findings.push(await side.settled(messages, timeoutMs))
    const perSecond = Math.round((messages / sentMs) * 1_000)
    const behindS = ((performance.now() - startedAt - sentMs) / 1_000).toFixed(1)
    const bytes = Math.max(0, ...rig.sampler.looks.map(({ samples }) => laneBytes(samples, side.name)))
    const limit = 32 * 1024 * 1024
    rig.findings.push({
      id: 'row',
      // What one read of each socket brought may be above the bound.
      ok: bytes <= limit + SOURCES * 2 * 1024 * 1024,
      detail: `${perSecond} messages/s were taken, caught up ${behindS} s later; the lane held at most ${Math.round(bytes / 1024)} KiB`,
    })
  },
  async check(evidence, rig) {
    const { side, schemaId, shares: sent } = placeOf(rig)
    const messages = sent.reduce((sum, count) => sum + count, 0)
    const check = openCheck({ shape: shapes.small, shares: sent, key: KEY, schemaId })
    const timeoutMs = 60_000 + messages / 10
    const options = { bootstrapServers: rig.site.direct, timeoutMs }
    const records = await visitTopic(
      side.topic,
      0,
      ({ partition, key, value }) => check.record(partition, key, value),
      options,
    )
    const faults = check.faults()
    const ok = records === messages && Object.values(faults).every((count) => count === 0)
    return [
      { id: 'I2', ok, detail: `${records} records of ${messages} messages: ${JSON.stringify(faults)}` },
      growth(evidence),
    ]
  },
}

function laneBytes(
  samples: { value(name: string, labels?: Record<string, string>): number | undefined },
  feed: string,
) {
  return samples.value('tributary_lane_bytes', { feed }) ?? 0
}

function placeOf(rig: Rig): Place {
  const place = places.get(rig)
  if (!place) throw new Error('the row has not been prepared')
  return place
}
