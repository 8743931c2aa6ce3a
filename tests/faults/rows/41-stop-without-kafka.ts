/** Row 41: SIGTERM while Kafka is away: a lane in memory is given up and counted, a lane on disk is kept for the next start. */
import { until as answered, topicSize } from '../../support/stack.ts'
import { until } from '../../support/until.ts'
import type { Rig } from '../rig.ts'
import type { Finding, Row } from '../row.ts'
import { finish, recovery } from '../run-row.ts'

/** Held by both feeds before the signal. */
const HELD = 500
const DRAIN = '3s'
/** Generous: what closing takes on a busy machine. */
const WITHIN_MS = 20_000

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
  const stopped = await stoppedWithoutKafka(rig, {})
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
  const stopped = await stoppedWithoutKafka(rig, { LANE_DIR: '' })
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

/** Runs a daemon, kills the broker under it, and ends it. */
async function stoppedWithoutKafka(rig: Rig, env: Readonly<Record<string, string>>) {
  await rig.start(env).ready(60_000)
  await rig.flows(300)
  const { daemon, site } = rig
  rig.mark()
  await Promise.all(site.brokers.map(({ kafka }) => kafka.kill()))
  await rig.noticesInLog(/holding and trying again/)
  const isHolding = async (): Promise<boolean> => {
    const { feeds } = await daemon.status()
    return Object.values(feeds).every(({ ledger }) => ledger.messages.held >= HELD)
  }
  await until(isHolding, { what: `${HELD} messages of each feed to be held`, timeoutMs: 60_000 })
  rig.sampler.paused = true
  const at = performance.now()
  const { code } = await daemon.stop()
  const afterMs = performance.now() - at
  rig.sampler.paused = false
  const last = daemon.log.at(-1)
  const sums = Object.values(last?.ledger ?? {})
  const sumOf = (of: (ledger: (typeof sums)[number]) => number): number =>
    sums.reduce((sum, ledger) => sum + of(ledger), 0)
  return {
    code,
    said: last?.msg ?? '',
    seconds: (afterMs / 1_000).toFixed(1),
    inTime: afterMs < WITHIN_MS,
    held: sumOf(({ messages }) => messages.held),
    received: sumOf(({ messages }) => messages.received),
    produced: sumOf(({ documents }) => documents.produced),
  }
}

/** A broker that has just come back does not lead its partitions yet, so it is asked until it answers. */
async function sizes({ topics, site }: Rig): Promise<number> {
  const sizeOf = async (topic: string): Promise<{ size: number }> => ({ size: await topicSize(topic, site.direct) })
  const all = await Promise.all(
    [topics.fault, topics.control].map((topic) =>
      answered(() => sizeOf(topic), { what: `the size of ${topic}`, timeoutMs: 60_000 }),
    ),
  )
  return all.reduce((sum, { size }) => sum + size, 0)
}
