/** Row 6: two of three brokers are stopped, so that a write cannot be on two of them. */
import { until } from '../../support/until.ts'
import type { Rig } from '../rig.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  number: 6,
  title: 'too few replicas in sync for 30 s: two of three brokers stopped',
  clients: 'both',
  needs: { kafka: 'three' },
  expect: { duplicates: 'retries' },
  async inject(rig) {
    const left = Math.floor(rig.random() * rig.site.brokers.length)
    const stopped = rig.site.brokers.filter((_, at) => at !== left)
    await Promise.all(stopped.map(({ kafka }) => kafka.halt()))
    await rig.noticesInMetrics(
      'tributary_produce_retries_total counts not_enough_replicas',
      (samples) =>
        (samples.value('tributary_produce_retries_total', {
          topic: rig.topics.fault,
          reason: 'not_enough_replicas',
        }) ?? 0) > 0,
    )
    await rig.noticesInLog(/too few replicas are in sync.*holding and trying again/)
    await isStill(rig)
    const before = await produced(rig)
    await rig.wait(30)
    const after = await produced(rig)
    await Promise.all(stopped.map(({ kafka }) => kafka.restart()))
    rig.findings.push({
      id: 'row',
      ok: before === after,
      detail: `${after - before} records taken for delivered while one broker was left`,
    })
  },
}

async function produced({ daemon }: Rig): Promise<number> {
  const { feeds } = await daemon.status()
  return Object.values(feeds).reduce((sum, { ledger }) => sum + ledger.documents.produced, 0)
}

/** Partitions lose their second replica one after the other. */
async function isStill(rig: Rig): Promise<void> {
  let last = -1
  let since = performance.now()
  const condition = async (): Promise<boolean> => {
    const now = await produced(rig)
    if (now !== last) since = performance.now()
    last = now
    return performance.now() - since > 2_000
  }
  await until(condition, { what: 'every partition to be refused', timeoutMs: 60_000 })
}
