/** Row 3: the broker is not there when the daemon starts. */
import { until } from '../../support/until.ts'
import type { Rig } from '../rig.ts'
import type { Row } from '../row.ts'

const UNAVAILABLE = 69
/** Messages that a lane on disk takes while there is no Kafka. */
const KEPT = 500

export const row: Row = {
  number: 3,
  title: 'broker absent at the start, 30 s: a lane on disk dials, one in memory gives up with 69',
  clients: 'both',
  needs: { lane: 'disk' },
  expect: { duplicates: 'retries' },
  async start(rig) {
    const [broker] = rig.site.brokers
    await broker?.kafka.kill()
    await inMemory(rig)
    await onDisk(rig)
    await broker?.kafka.restart()
    await rig.daemon.ready(60_000)
  },
}

/** Waits without dialling, then says that it cannot start. */
async function inMemory(rig: Rig): Promise<void> {
  const timeoutMs = Math.round(rig.scaled(60))
  const daemon = rig.start({ LANE: 'memory', LANE_DIR: '', STARTUP_TIMEOUT: `${timeoutMs}ms` })
  await rig.noticesInLog(/feed fault cannot start yet.*cannot be reached/)
  await rig.noticesOn('/readyz', 503)
  await rig.noticesOn('/healthz', 200)
  const { code } = await daemon.exited
  const dials = rig.fault.connections.length + rig.control.connections.length
  const ok = code === UNAVAILABLE && dials === 0
  rig.findings.push({ id: 'I11', ok, detail: `memory: ended with ${code} after ${dials} dials, without Kafka` })
}

/** Dials at once and keeps what comes. */
async function onDisk(rig: Rig): Promise<void> {
  rig.start()
  const wait = rig.wait(30)
  await rig.noticesInLog(/feed fault cannot start yet.*cannot be reached/)
  await rig.noticesOn('/readyz', 503)
  await rig.noticesOn('/healthz', 200)
  const keeps = async (): Promise<boolean> => (await rig.daemon.feed('fault')).ledger.messages.held > KEPT
  await until(keeps, { what: `${KEPT} messages to be kept while there is no Kafka`, timeoutMs: 60_000 })
  await wait
}
