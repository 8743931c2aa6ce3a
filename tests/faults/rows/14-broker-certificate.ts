/** Row 14: the broker's certificate has expired, is for another host, or comes from nobody known. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { keyStore } from '../../support/broker-tls.ts'
import { certify } from '../../support/certificates.ts'
import { topicSize } from '../../support/stack.ts'
import type { Rig } from '../rig.ts'
import type { Row } from '../row.ts'

const authority = certify({ commonName: 'Fault Authority', authority: true })
const stranger = certify({ commonName: 'Stranger', authority: true })
const names = ['127.0.0.1', 'localhost']
const good = certify({ commonName: 'broker', names }, authority)
const expired = certify({ commonName: 'old', names, fromDay: -20, toDay: -10 }, authority)
const elsewhere = certify({ commonName: 'moved', names: ['elsewhere.example'] }, authority)
const unknown = certify({ commonName: 'strange', names }, stranger)

const BAD: readonly (readonly [listener: string, says: RegExp])[] = [
  ['EXPIRED', /feed fault cannot start yet.*certificate has expired/],
  ['ELSEWHERE', /feed fault cannot start yet.*certificate is for another host name/],
  ['UNKNOWN', /feed fault cannot start yet.*authority that is not trusted/],
]

export const row: Row = {
  number: 14,
  title: "broker's certificate expired, for another host, of an unknown authority; plaintext instead of TLS",
  clients: 'both',
  needs: {
    kafka: {
      listeners: ['GOOD', 'EXPIRED', 'ELSEWHERE', 'UNKNOWN'].map((name) => ({ name, protocol: 'SSL' })),
      properties: {
        ...keyStore('good', good),
        ...keyStore('expired', expired),
        ...keyStore('elsewhere', elsewhere),
        ...keyStore('unknown', unknown),
      },
    },
  },
  env: (rig) => ({
    BOOTSTRAP_SERVERS: rig.site.brokers[0]?.kafka.listeners.GOOD ?? '',
    KAFKA_SECURITY_PROTOCOL: 'SSL',
    KAFKA_SSL_CA_FILE: join(rig.folder, 'ca.pem'),
  }),
  async prepare(rig) {
    await writeFile(join(rig.folder, 'ca.pem'), authority.cert)
  },
  async start(rig) {
    const { listeners = {}, bootstrapServers = '' } = rig.site.brokers[0]?.kafka ?? {}
    for (const [listener, says] of BAD) await refuses(rig, listeners[listener] ?? '', says)
    await refuses(rig, bootstrapServers, /feed fault cannot start yet/)
    await rig.start().ready(60_000)
  },
  inject: (rig) => rig.wait(10),
  expect: { controlFlows: true },
}

/** Says why, writes nothing, dials nobody, and stays alive. */
async function refuses(rig: Rig, broker: string, says: RegExp): Promise<void> {
  const daemon = rig.start({ BOOTSTRAP_SERVERS: broker })
  await rig.noticesInLog(says)
  await rig.noticesOn('/readyz', 503)
  await rig.noticesOn('/healthz', 200)
  await rig.wait(20)
  const records = await topicSize(rig.topics.fault, rig.site.direct)
  const dials = rig.fault.connections.length
  const { code } = await daemon.stop()
  const ok = records === 0 && dials === 0 && code === 0
  rig.findings.push({
    id: 'row',
    ok,
    detail: `${records} records and ${dials} dials; it ended with ${code}`,
  })
}
