/** Row 9: records that the topic does not take, among good ones. */
import { until } from '../../support/until.ts'
import type { Row } from '../row.ts'

/** The default of Kafka for a batch, and so for the one record in it. */
const MAX_MESSAGE_BYTES = 1_048_588
const TOO_LARGE = 5

export const row: Row = {
  number: 9,
  title: 'records above max.message.bytes among good ones',
  clients: 'both',
  env: { FEED_FAULT_MAX_MESSAGE_BYTES: '4MiB' },
  expect: { rejected: TOO_LARGE, controlFlows: true },
  async inject(rig) {
    const { fault } = rig
    for (let at = 0; at < TOO_LARGE; at++) {
      const source = fault.sources[at % fault.sources.length] ?? ''
      await until(() => fault.send(source, MAX_MESSAGE_BYTES + 1) !== undefined, { what: `the socket of ${source}` })
      await rig.wait(1)
    }
    await rig.noticesInMetrics('tributary_documents_total counts too_large', (samples) => {
      const labels = { feed: 'fault', reason: 'too_large' }
      return samples.value('tributary_documents_total', labels) === TOO_LARGE
    })
  },
}
