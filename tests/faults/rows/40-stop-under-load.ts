/** Row 40: SIGTERM under load, SIGINT, and a second SIGTERM while the first one waits. */
import { until } from '../../support/until.ts'
import { check } from '../checker/index.ts'
import { gather } from '../evidence.ts'
import type { Rig } from '../rig.ts'
import type { Finding, Row } from '../row.ts'

const SECOND_SIGNAL = 128 + 15
/** Far below the drain timeout. */
const AT_ONCE_MS = 5_000

export const row: Row = {
  number: 40,
  title: 'SIGTERM under load; SIGINT; a second SIGTERM',
  clients: 'both',
  load: { rate: 2_000 },
  expect: { lostTails: true },
  async run(rig) {
    return [...(await terminated(rig)), await interrupted(rig), await twice(rig)]
  },
}

/** While the upstreams send on: what was received is delivered, and they are told 1001. */
async function terminated(rig: Rig): Promise<Finding[]> {
  await rig.start().ready()
  await rig.flows(1_000)
  await rig.wait(10)
  const { daemon, fault, control } = rig
  rig.sampler.paused = true
  const at = performance.now()
  const exit = await daemon.stop()
  const ending = { ...exit, afterMs: performance.now() - at }
  fault.paused = true
  control.paused = true
  await until(() => fault.open + control.open === 0, { what: 'the upstreams to see the end' })
  const last = daemon.log.at(-1)?.ledger
  const report = (name: 'fault' | 'control') => {
    const ledger = last?.[name]
    if (!ledger) throw new Error('the last log line has no ledger')
    const none = { state: 'ended', lane: { bytes: 0, limit_bytes: 0 }, sources: [] }
    return { ...none, ledger: { ...ledger, balances: true } }
  }
  const window = { from: at, to: at, wanted: 0, produced: 0 }
  const reports = { fault: report('fault'), control: report('control') }
  const evidence = await gather({ row, rig, samples: undefined, window, ending, reports })
  const codes = [...fault.connections, ...control.connections].map(({ code }) => code)
  const told = codes.filter((code) => code === 1001).length
  const detail = `${told} of ${codes.length} upstreams were told 1001`
  return [...(await check(evidence)), { id: 'I11', ok: told === codes.length, detail }]
}

async function interrupted(rig: Rig): Promise<Finding> {
  await started(rig)
  const { code } = await rig.daemon.stop('SIGINT')
  return { id: 'I11', ok: code === 0, detail: `SIGINT under load ended it with ${code}` }
}

/** Kafka is frozen, so the first signal waits for it. */
async function twice(rig: Rig): Promise<Finding> {
  await started(rig)
  const { daemon, site } = rig
  for (const { kafka } of site.brokers) kafka.pause()
  await until(async () => (await daemon.feed('fault')).ledger.messages.held > 100, { what: 'messages to be held' })
  daemon.signal('SIGTERM')
  await daemon.said('stopping; no new dials')
  const at = performance.now()
  const { code } = await daemon.stop()
  const afterMs = performance.now() - at
  for (const { kafka } of site.brokers) kafka.resume()
  const ok = code === SECOND_SIGNAL && afterMs < AT_ONCE_MS
  return { id: 'I11', ok, detail: `the second SIGTERM ended it with ${code} after ${Math.round(afterMs)} ms` }
}

async function started(rig: Rig): Promise<void> {
  rig.fault.paused = false
  rig.control.paused = false
  await rig.start().ready()
  await rig.flows(300)
}
