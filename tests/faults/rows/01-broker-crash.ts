/** Row 1: the broker is killed, and comes back. */
import type { Row } from '../row.ts'

export const row: Row = {
  number: 1,
  title: 'broker killed for 30 s',
  clients: 'both',
  expect: { duplicates: 'retries' },
  async inject(rig) {
    const [broker] = rig.site.brokers
    await broker?.kafka.kill()
    const wait = rig.wait(30)
    await rig.noticesInLog(/holding and trying again/)
    await rig.noticesInMetrics(
      'tributary_produce_retries_total rises',
      (samples) => (samples.value('tributary_produce_retries_total', { topic: rig.topics.fault }) ?? 0) > 0,
    )
    await wait
    await broker?.kafka.restart()
  },
}
