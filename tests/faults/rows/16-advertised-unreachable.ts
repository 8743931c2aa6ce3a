/** Row 16: the broker answers, and tells its clients an address where nobody is. */
import { until } from '../../support/until.ts'
import type { Row } from '../row.ts'

/** No program listens there. */
const NOWHERE = '127.0.0.1:1'

export const row: Row = {
  number: 16,
  title: 'advertised listener unreachable',
  clients: 'both',
  needs: { kafka: { listeners: [{ name: 'FAR', protocol: 'PLAINTEXT', advertised: NOWHERE }] } },
  async start(rig) {
    const far = rig.site.brokers[0]?.kafka.listeners.FAR ?? ''
    const daemon = rig.start({ BOOTSTRAP_SERVERS: far })
    await rig.noticesInLog(
      new RegExp(`(cannot start yet|holding and trying again).*${NOWHERE}\\b|${NOWHERE}\\b.*holding`),
    )
    await rig.noticesOn('/healthz', 200)
    await rig.wait(30)
    const { code } = await daemon.stop()
    rig.findings.push({ id: 'I11', ok: code === 0, detail: `ended with ${code}, nothing received` })
    await until(() => rig.fault.open + rig.control.open === 0, { what: 'the simulators to be alone' })
    await rig.start().ready(60_000)
  },
  inject: (rig) => rig.wait(10),
  expect: { controlFlows: true },
}
