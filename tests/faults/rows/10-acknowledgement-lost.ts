/** Row 10: the broker appends, and its answers are lost on the way back. */
import type { Row } from '../row.ts'

export const row: Row = {
  number: 10,
  title: 'acknowledgements lost after the append, 30 s',
  clients: 'both',
  needs: { kafkaProxy: true },
  env: { KAFKA_REQUEST_TIMEOUT: '2s' },
  expect: { duplicates: 'retries' },
  async inject(rig) {
    const [broker] = rig.site.brokers
    if (!broker) return
    broker.proxy.set({ down: { flow: 'swallow' } })
    const wait = rig.wait(30)
    await rig.noticesInLog(/holding and trying again/)
    await wait
    broker.proxy.set({})
  },
  check: ({ fault, control }, rig) => {
    const { swallowed } = rig.site.brokers[0]?.proxy ?? { swallowed: 0 }
    const duplicates = fault.tally.duplicates + control.tally.duplicates
    return [
      {
        id: 'row',
        ok: swallowed > 0 && duplicates > 0,
        detail: `${swallowed} bytes of answers swallowed, which made ${duplicates} duplicates`,
      },
    ]
  },
}
