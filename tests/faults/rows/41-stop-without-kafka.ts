/** Row 41: SIGTERM while Kafka is away: a lane in memory is given up and counted, a lane on disk is kept for the next start. */
import type { Rig } from '../rig.ts'
import type { Finding, Row } from '../row.ts'
import { finish, recovery } from '../run-row.ts'
import { sizes, stoppedHolding } from '../stopped.ts'

const DRAIN = '3s'

export const row: Row = {
  number: 41,
  title: 'SIGTERM with Kafka down, with a lane in memory and on disk',
  clients: 'both',
  needs: { lane: 'disk' },
  env: { DRAIN_TIMEOUT: DRAIN },
  expect: { lostTails: true, duplicates: 'retries' },
  run: async (rig) => [...(await keeps(rig)), ...(await givesUp(rig))],
}

/** The lane on disk: nothing is lost, and the next daemon delivers it. */
async function keeps(rig: Rig): Promise<Finding[]> {
  const stopped = await stoppedHolding(rig, {}, () => killed(rig))
  const kept = Number(/kept (\d+) messages for the next start/.exec(stopped.said)?.[1] ?? 0)
  const ok = stopped.code === 0 && kept === stopped.held && !stopped.said.includes('undelivered')
  const detail = `disk: code ${stopped.code} after ${stopped.seconds} s, ${stopped.held} held and ${kept} kept`
  await rig.site.restore()
  const from = performance.now()
  await rig.start().ready(60_000)
  await rig.flows(300)
  const recovered = await recovery(row, rig)
  const window = { from, to: performance.now(), wanted: 0, produced: 0 }
  return [{ id: 'I11', ok: ok && kept > 0 && stopped.inTime, detail }, recovered, ...(await finish(row, rig, window))]
}

/** The lane in memory: it waits as long as it may, then says how many it takes with it, and ends with 1. */
async function givesUp(rig: Rig): Promise<Finding[]> {
  const before = await sizes(rig)
  rig.fault.paused = false
  rig.control.paused = false
  const stopped = await stoppedHolding(rig, { LANE_DIR: '' }, () => killed(rig))
  const lost = Number(/; (\d+) messages undelivered/.exec(stopped.said)?.[1] ?? 0)
  await rig.site.restore()
  const produced = (await sizes(rig)) - before
  const detail = `memory: code ${stopped.code} after ${stopped.seconds} s, ${stopped.held} held and ${lost} undelivered`
  return [
    { id: 'I11', ok: stopped.code === 1 && lost === stopped.held && lost > 0 && stopped.inTime, detail },
    {
      id: 'I2',
      // What was on its way when the broker was killed may have been written without an answer.
      ok: produced >= stopped.produced && produced + lost >= stopped.received,
      detail: `memory: ${stopped.received} received, ${stopped.produced} acknowledged, ${produced} in the topics, ${lost} lost and counted`,
    },
  ]
}

async function killed({ site }: Rig): Promise<void> {
  await Promise.all(site.brokers.map(({ kafka }) => kafka.kill()))
}
