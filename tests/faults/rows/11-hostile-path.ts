/** Row 11: the path to Kafka resets connections in the middle of requests, goes byte by byte, and is slow. */
import type { Row } from '../row.ts'

const RESETS = 40
const LEAST_RESETS = 8
/** Of what has passed since the last one: within a request, and within a handshake now and then. */
const RESET_AFTER_BYTES = 60_000
const LATENCY_MS = 200

export const row: Row = {
  number: 11,
  title: 'connections reset in mid-request, slices of one byte, 200 ms of latency each way',
  clients: 'both',
  needs: { kafkaProxy: true },
  // Byte by byte is slow work for the proxy.
  load: { rate: 150, controlRate: 150 },
  expect: { duplicates: 'retries' },
  async inject(rig) {
    const [broker] = rig.site.brokers
    if (!broker) return
    const { proxy } = broker
    const resets = Math.max(LEAST_RESETS, Math.round(RESETS * rig.options.scale))
    for (let at = 0; at < resets; at++) await proxy.resetAfter(1 + rig.random() * RESET_AFTER_BYTES)
    await rig.noticesInLog(/holding and trying again/)
    const flown = async () => (await rig.daemon.feed('fault')).ledger.documents.produced
    const pass = async (what: string, way: Parameters<typeof proxy.set>[0]['up']): Promise<void> => {
      const before = await flown()
      proxy.set({ up: way ?? {}, down: way ?? {} })
      await rig.wait(60)
      const records = (await flown()) - before
      rig.findings.push({ id: 'row', ok: records > 0, detail: `${records} records produced with ${what}` })
    }
    await pass('slices of one byte', { sliceBytes: 1 })
    await pass(`${LATENCY_MS} ms of latency`, { latencyMs: LATENCY_MS })
    proxy.set({})
  },
  check: (_, rig) => {
    const last = rig.sampler.looks.at(-1)
    const retries = last?.samples.value('tributary_produce_retries_total') ?? 0
    return [{ id: 'row', ok: retries > 0, detail: `${retries} requests tried again` }]
  },
}
