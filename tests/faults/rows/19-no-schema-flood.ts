/** Row 19: ten thousand messages a second for a subject that the registry does not have. */
import { type Flood, startFlood } from '../../../scripts/bench/flood-process.ts'
import { shapes } from '../../../scripts/bench/shapes/index.ts'
import { shares } from '../../../scripts/bench/shapes/shape.ts'
import { registerSchema } from '../../support/stack.ts'
import { placeFront, type RegistryFront } from '../registry-front.ts'
import type { Rig } from '../rig.ts'
import type { Row } from '../row.ts'
import { openSideFeed, type SideFeed } from '../side-feed.ts'

const RATE = 10_000
const SOURCES = 4
/** A parked feed asks again after half a second at the soonest. */
const PARKED_MS = 500

interface Place {
  readonly front: RegistryFront
  readonly flood: Flood
  readonly side: SideFeed
}
const places = new WeakMap<Rig, Place>()

export const row: Row = {
  number: 19,
  title: '10,000 messages/s for a subject that is not there',
  clients: 'any',
  needs: { lane: 'disk' },
  env: (rig) => {
    const { side, flood } = placeOf(rig)
    return { ...side.env(flood.urls, { LANE_MAX_BYTES: '16MiB' }), LANE_SYNC: 'commit' }
  },
  expect: { controlFlows: true },
  async prepare(rig) {
    const front = await placeFront(rig)
    const flood = await startFlood('small', SOURCES)
    rig.defer(() => flood.stop())
    places.set(rig, { front, flood, side: await openSideFeed(rig, 'unknown', { partitions: 3 }) })
  },
  async inject(rig) {
    const { front, flood, side } = placeOf(rig)
    await flood.open()
    const from = performance.now()
    const messages = Math.round((rig.scaled(30) / 1_000) * RATE)
    const wait = rig.wait(30)
    const sent = flood.send({ send: shares(messages, SOURCES), rate: RATE })
    const { topic } = side
    await rig.noticesInMetrics(
      'tributary_feed_parked is 1',
      (samples) => samples.value('tributary_feed_parked', { feed: side.name }) === 1,
    )
    await wait
    const asked = front.asked.filter(({ subject, at }) => subject === side.subject && at >= from)
    const most = Math.ceil((performance.now() - from) / PARKED_MS) + 1
    const { state, detail = '', ledger } = await rig.daemon.feed(side.name)
    rig.findings.push(
      {
        id: 'row',
        ok: asked.length <= most && asked.every(({ atOnce }) => atOnce === 1),
        detail: `the registry was asked ${asked.length} times (at most ${most}) while ${ledger.messages.received} messages came`,
      },
      { id: 'I9', ok: detail.includes(side.subject), detail: `/status says that the feed is ${state}: ${detail}` },
    )
    await registerSchema(side.subject, shapes.small.schema, [], rig.registry.direct)
    await sent
    rig.findings.push(await side.settled(messages, 120_000))
    const { records } = await side.sizes()
    const ok = records === messages
    rig.findings.push({ id: 'I2', ok, detail: `${topic}: ${records} records of ${messages} messages` })
  },
}

function placeOf(rig: Rig): Place {
  const place = places.get(rig)
  if (!place) throw new Error('the row has not been prepared')
  return place
}
