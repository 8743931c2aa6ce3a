/** Row 44: too few file descriptors for the upstreams; the operator's port is taken. */
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { until } from '../../support/until.ts'
import type { Rig } from '../rig.ts'
import type { Finding, Row } from '../row.ts'
import { standard } from '../run-row.ts'

/** The process itself, Kafka and the registry take some 40 of them. */
const DESCRIPTORS = 64
const SOURCES = 60

export const row: Row = {
  number: 44,
  title: `${DESCRIPTORS} file descriptors for ${SOURCES} upstreams; METRICS_PORT taken`,
  clients: 'any',
  needs: { lane: 'disk' },
  load: { sources: SOURCES },
  expect: { lostTails: 'both', duplicates: 'retries' },
  run: async (rig) => [await taken(rig), await degraded(rig), ...(await standard(row, rig))],
  // With enough of them, and as many dials as before: all is well.
  inject: (rig) => rig.wait(5),
}

async function taken(rig: Rig): Promise<Finding> {
  await using server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const daemon = rig.start({ METRICS_PORT: `${port}` })
  const { code } = await daemon.exited
  const said = daemon.log.map(({ msg }) => msg).find((msg) => msg.includes(`METRICS_PORT ${port}`)) ?? daemon.stderr
  const ok = code === 69 && said.includes('EADDRINUSE')
  return { id: 'I11', ok, detail: `port taken: it ended with ${code}: ${said.slice(0, 200)}` }
}

/** Some upstreams cannot be dialled, the log says why, and the others flow on. */
async function degraded(rig: Rig): Promise<Finding> {
  rig.sampler.paused = true
  const daemon = rig.start({}, { under: ['prlimit', `--nofile=${DESCRIPTORS}`] })
  rig.mark()
  await rig.noticesInLog(/does not open: .*EMFILE/, 60_000)
  const open = rig.fault.open
  const before = rig.fault.written
  await until(() => rig.fault.written > before + 500 || !daemon.running, {
    what: 'messages to flow',
    timeoutMs: 60_000,
  })
  rig.fault.paused = true
  rig.control.paused = true
  const { code } = await daemon.stop()
  const produced = daemon.log.at(-1)?.ledger?.fault?.documents.produced ?? 0
  rig.fault.paused = false
  rig.control.paused = false
  rig.sampler.paused = false
  return {
    id: 'I9',
    ok: code === 0 && open > 0 && open < SOURCES && produced > 0,
    detail: `${open} of ${SOURCES} upstreams open, ${produced} records produced, ended with ${code}`,
  }
}
