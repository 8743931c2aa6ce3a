/** Row 15: the broker's disk is full for a while. */
import { dirname } from 'node:path'
import { fillDisk } from '../../support/small-disk.ts'
import type { Row } from '../row.ts'

const MIB = 1024 * 1024

export const row: Row = {
  number: 15,
  title: "broker's disk full for 30 s",
  clients: 'both',
  needs: {
    kafkaDiskBytes: 256 * MIB,
    // Small segments and indexes: they are made in full at once.
    kafka: { properties: { 'log.segment.bytes': `${4 * MIB}`, 'log.index.size.max.bytes': `${MIB}` } },
  },
  expect: { duplicates: 'retries' },
  async inject(rig) {
    const kafka = rig.site.brokers[0]?.kafka
    if (!kafka) return
    const clear = await fillDisk(dirname(kafka.dataDir))
    const wait = rig.wait(30)
    await rig.noticesInLog(/holding and trying again/, 60_000)
    await wait
    const fate = kafka.running ? 'still ran' : 'had ended'
    await clear()
    await kafka.kill()
    await kafka.restart()
    rig.findings.push({ id: 'row', ok: true, detail: `the broker ${fate} with its disk full` })
  },
}
