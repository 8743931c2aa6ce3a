/** Row 17: the registry is down when the daemon starts, and again while it runs. */
import type { Row } from '../row.ts'

export const row: Row = {
  number: 17,
  title: 'registry down at the start, and for 30 s during the run',
  clients: 'any',
  env: { SCHEMA_REGISTRY_REFRESH: '500ms', SCHEMA_REGISTRY_TIMEOUT: '2s' },
  expect: { controlFlows: true },
  async start(rig) {
    await rig.registry.proxy.down()
    rig.start()
    await rig.noticesInLog(/feed fault cannot start yet/)
    await rig.noticesOn('/readyz', 503)
    await rig.noticesOn('/healthz', 200)
    await rig.registry.proxy.up()
    await rig.daemon.ready()
  },
  async inject(rig) {
    const before = (await rig.daemon.feed('fault')).ledger.documents.produced
    await rig.registry.proxy.down()
    const wait = rig.wait(30)
    await rig.noticesInLog(/the last good schema stays in use/)
    await wait
    const { ledger } = await rig.daemon.feed('fault')
    await rig.registry.proxy.up()
    const flown = ledger.documents.produced - before
    rig.findings.push({ id: 'row', ok: flown > 100, detail: `${flown} records produced with the schema at hand` })
  },
}
