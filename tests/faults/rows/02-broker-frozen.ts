/** Row 2: the broker stands still with its connections open, and goes on. */
import type { Row } from '../row.ts'

const REQUEST_TIMEOUT_S = 2
/** Of both feeds: each has one request on its way at a time. */
const PARTITIONS = 6
/** Asked of again and again, so that a client that does not wait would show. */
const STORM = 2

export const row: Row = {
  number: 2,
  title: 'broker frozen for 60 s',
  clients: 'both',
  needs: { kafkaProxy: true },
  env: { KAFKA_REQUEST_TIMEOUT: `${REQUEST_TIMEOUT_S}s` },
  expect: { duplicates: 'retries' },
  async inject(rig) {
    const [broker] = rig.site.brokers
    if (!broker) return
    const look = async () => ({
      at: performance.now(),
      retries: (await rig.daemon.metrics()).value('tributary_produce_retries_total') ?? 0,
      opened: broker.proxy.opened,
    })
    const before = await look()
    broker.kafka.pause()
    const wait = rig.wait(60)
    await rig.noticesInLog(/did not answer.*holding and trying again/)
    await rig.noticesOn('/healthz', 200)
    await wait
    const after = await look()
    broker.kafka.resume()
    const seconds = (after.at - before.at) / 1_000
    const retries = after.retries - before.retries
    const opened = after.opened - before.opened
    const most = STORM * PARTITIONS * (seconds / REQUEST_TIMEOUT_S + 1)
    rig.findings.push({
      id: 'row',
      ok: retries > 0 && retries <= most && opened <= most,
      detail: `${retries} requests tried again and ${opened} connections opened in ${seconds.toFixed(0)} s, at most ${Math.floor(most)} allowed`,
    })
  },
}
