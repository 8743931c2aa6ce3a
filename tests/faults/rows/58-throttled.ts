/** Row 58: a quota is used up: the daemon waits as it is told, says why, and writes nothing twice. */
import { Admin } from '@platformatic/kafka'
import type { Rig } from '../rig.ts'
import type { Row } from '../row.ts'

/** Bytes a second and broker; the load is several times as much. */
const QUOTA = 40_000
const CLIENT_ID = 'throttled'

export const row: Row = {
  number: 58,
  title: 'a producer quota is used up',
  clients: 'both',
  needs: { kafka: {} },
  load: { rate: 500, padBytes: 300 },
  // kafkajs ends a request after its timeout, whatever the broker says.
  env: ({ options }) => ({
    KAFKA_REQUEST_TIMEOUT: options.client === 'kafkajs' ? '30s' : '2s',
    KAFKA_CLIENT_ID: CLIENT_ID,
  }),
  expect: { duplicates: 'none', recoverS: 120 },
  async inject(rig) {
    await quota(rig, QUOTA)
    await rig.noticesInLog(/Kafka throttles topic .* has used up a quota/, 30_000)
    await rig.noticesInMetrics(
      'tributary_kafka_throttled_seconds_total grows',
      (samples) => (samples.value('tributary_kafka_throttled_seconds_total') ?? 0) > 0,
      30_000,
    )
    await rig.wait(60)
    const samples = await rig.daemon.metrics()
    const retries = samples.value('tributary_produce_retries_total') ?? 0
    rig.findings.push({ id: 'row', ok: retries === 0, detail: `${retries} requests were tried again` })
    await quota(rig, undefined)
  },
}

/** Sets `producer_byte_rate` of the daemon's client id; undefined: takes the quota away. */
async function quota(rig: Rig, bytes: number | undefined): Promise<void> {
  const admin = new Admin({ clientId: 'quotas', bootstrapBrokers: rig.site.direct.split(',') })
  try {
    await admin.alterClientQuotas({
      entries: [
        {
          entities: [{ entityType: 'client-id', entityName: CLIENT_ID }],
          ops: [
            {
              key: 'producer_byte_rate',
              ...(bytes === undefined ? { remove: true } : { value: bytes, remove: false }),
            },
          ],
        },
      ],
    })
  } finally {
    await admin.close()
  }
}
