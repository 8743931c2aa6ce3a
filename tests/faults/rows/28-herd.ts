/** Row 28: a thousand sources of one server, which dies and comes back: dials stay within DIAL_RATE and are spread. */
import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '../../support/until.ts'
import { FAULT_SCHEMA } from '../document.ts'
import type { Rig } from '../rig.ts'
import type { Finding, Row } from '../row.ts'
import { openSideFeed, type SideFeed } from '../side-feed.ts'
import { type Simulator, startSimulator } from '../simulator.ts'

const DIAL_RATE = 50
/** Dials that may go at once after a rest. */
const BURST = 5
const HERD = 1_000
const FEWEST = 100
const LOOK_MS = 500

interface Place {
  readonly herd: Simulator
  readonly side: SideFeed
}
const places = new WeakMap<Rig, Place>()

export const row: Row = {
  number: 28,
  title: '1,000 sources of one server that is killed for 30 s',
  clients: 'any',
  env: (rig) => {
    const { herd, side } = placeOf(rig)
    return { ...side.env(herd.urls), DIAL_RATE: `${DIAL_RATE}` }
  },
  expect: { controlFlows: true, recoverS: 120 },
  async prepare(rig) {
    const sources = Math.max(FEWEST, Math.round(HERD * rig.options.scale))
    const herd = await startSimulator({ name: 'herd', sources, rate: 500, canary: rig.canaries.payload })
    rig.defer(() => herd[Symbol.asyncDispose]())
    places.set(rig, { herd, side: await openSideFeed(rig, 'herd', { schema: FAULT_SCHEMA, partitions: 3 }) })
  },
  async start(rig) {
    const { herd } = placeOf(rig)
    const { length } = herd.sources
    await rig.start().ready()
    await until(() => herd.open === length, { what: `${length} sources to be open`, timeoutMs: 90_000 })
  },
  async inject(rig) {
    const { herd, side } = placeOf(rig)
    const { length } = herd.sources
    herd.paused = true
    rig.findings.push(await side.settled(herd.written), mostPerSecond(herd, 0, 'at the start'))
    const connectedBefore = herd.connections.length
    await herd.stop()
    const watched = vain(rig, rig.wait(30))
    await rig.noticesInMetrics(
      'no source of the herd is open',
      (samples) => (samples.value('tributary_sources', { feed: side.name, state: 'open' }) ?? 0) === 0,
    )
    await rig.noticesInLog(/herd\d+ (is lost after .*broke off|does not open: .*ECONNREFUSED)/)
    await rig.noticesInMetrics(
      'dials that nobody takes are counted',
      (samples) => (samples.value('tributary_dials_total', { feed: side.name, outcome: 'connect' }) ?? 0) > 0,
    )
    rig.findings.push(await watched)
    await herd.restart()
    herd.paused = false
    await until(() => herd.open === length, { what: 'the herd to be back', timeoutMs: 120_000 })
    rig.findings.push(mostPerSecond(herd, connectedBefore, 'after the return'))
    herd.paused = true
    rig.findings.push(await side.settled(herd.written))
  },
  async check(_evidence, rig) {
    const { herd, side } = placeOf(rig)
    const { records } = await side.sizes()
    return [{ id: 'I2', ok: records === herd.written, detail: `herd: ${records} records of ${herd.written} messages` }]
  },
}

/** The most connections of any second, on the server's side. A second may begin with what the gate lets go at once. */
function mostPerSecond({ connections }: Simulator, from: number, when: string): Finding {
  const times = connections.slice(from).map(({ openedAt }) => openedAt)
  const most = Math.max(0, ...times.map((at) => times.filter((one) => one >= at && one < at + 1_000).length))
  const spread = times.length > 1 ? ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1_000 : 0
  return {
    id: 'row',
    // What the network or this process held up arrives closer together than it left: half as many again.
    ok: times.length > 0 && most <= (DIAL_RATE + BURST) * 1.5,
    detail: `${when}: ${times.length} connections over ${spread.toFixed(1)} s, at most ${most} in a second`,
  }
}

/** While nobody listens: dials in vain, as the daemon counts them. */
async function vain(rig: Rig, until: Promise<void>): Promise<Finding> {
  let isOver = false
  void until.then(() => {
    isOver = true
  })
  const dials = async (): Promise<number> => {
    const feed = placeOf(rig).side.name
    return (await rig.daemon.metrics()).value('tributary_dials_total', { feed }) ?? 0
  }
  const [startedAt, before] = [performance.now(), await dials()]
  do await sleep(LOOK_MS)
  while (!isOver)
  const made = (await dials()) - before
  const most = Math.ceil((DIAL_RATE * (performance.now() - startedAt)) / 1_000) + BURST
  return { id: 'row', ok: made > 0 && made <= most, detail: `${made} dials in vain (at most ${most})` }
}

function placeOf(rig: Rig): Place {
  const place = places.get(rig)
  if (!place) throw new Error('the row has not been prepared')
  return place
}
