/** Row 57: the directory of the lanes is taken away under the daemon: it holds and says so, and calls nothing kept that is not there. */
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Rig } from '../rig.ts'
import type { Finding, Row } from '../row.ts'
import { standard } from '../run-row.ts'
import { sizes, stoppedHolding } from '../stopped.ts'

const GONE = /the lane of feed fault cannot write: its files are gone from/

export const row: Row = {
  number: 57,
  title: 'the directory of the lanes moved away for 10 s, and removed while Kafka is frozen, then SIGTERM',
  clients: 'any',
  needs: { lane: 'disk' },
  env: { DRAIN_TIMEOUT: '3s' },
  expect: { duplicates: 'retries' },
  run: async (rig) => [...(await standard(row, rig)), ...(await removed(rig))],
  async inject(rig) {
    const away = join(rig.folder, 'away')
    await rename(lanes(rig), away)
    await rig.noticesInLog(GONE)
    await rig.wait(10)
    await rename(away, lanes(rig))
    await rig.noticesInLog(/the lane of feed fault writes again/)
  },
}

/** What nobody finds again is counted as undelivered, and the exit code says so. */
async function removed(rig: Rig): Promise<Finding[]> {
  rig.fault.paused = false
  rig.control.paused = false
  const before = await sizes(rig)
  const { brokers } = rig.site
  const LANE_DIR = join(rig.folder, 'removed')
  const stopped = await stoppedHolding(
    rig,
    { LANE_DIR },
    async () => {
      for (const { kafka } of brokers) kafka.pause()
    },
    async () => {
      rig.mark()
      await rm(LANE_DIR, { recursive: true })
      await rig.noticesInLog(GONE)
    },
  )
  for (const { kafka } of brokers) kafka.resume()
  const produced = (await sizes(rig)) - before
  const lost = Number(/; (\d+) messages undelivered/.exec(stopped.said)?.[1] ?? 0)
  const kept = /kept/.test(stopped.said)
  return [
    {
      id: 'I11',
      ok: stopped.code === 1 && !kept && lost === stopped.held && lost > 0 && stopped.inTime,
      detail: `removed: code ${stopped.code} after ${stopped.seconds} s, ${stopped.held} held, ${lost} undelivered, ${kept ? 'some' : 'none'} called kept`,
    },
    {
      id: 'I2',
      // What was on its way when Kafka was frozen may have been written all the same.
      ok: produced + lost >= stopped.received,
      detail: `removed: ${stopped.received} received, ${produced} in the topics, ${lost} lost and counted`,
    },
  ]
}

function lanes({ folder }: Rig): string {
  return join(folder, 'lanes')
}
