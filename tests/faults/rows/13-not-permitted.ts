/** Row 13: the password is wrong; the right to write to one topic is taken away for a time. */
import type { Admin } from 'kafkajs'
import { withAdmin } from '../../../scripts/lib/kafka-admin.ts'
import { startProxy, type TcpProxy } from '../../support/proxy.ts'
import { kafkaClient } from '../../support/stack.ts'
import type { Rig } from '../rig.ts'
import type { Row } from '../row.ts'

const PASSWORD = 'right-5bd1c7-password'
const WRONG = 'wrong-93e0aa-password'
/** Connections per second of a client that waits between two tries; there are four topics to ask for. */
const MOST_PER_S = 5
const [TOPIC, LITERAL, WRITE, ALLOW] = [2, 3, 4, 3] as const
/** In front of the listener, to count connections: whoever may not come in is told no other address. */
const doors = new WeakMap<Rig, TcpProxy>()

export const row: Row = {
  number: 13,
  title: 'wrong SASL password; no right to write to one topic for 30 s',
  clients: 'both',
  needs: {
    kafka: {
      listeners: [{ name: 'SASL', protocol: 'SASL_PLAINTEXT' }],
      scram: [`SCRAM-SHA-256=[name=bob,password=${PASSWORD}]`],
      properties: {
        'listener.name.sasl.sasl.enabled.mechanisms': 'SCRAM-SHA-256',
        'listener.name.sasl.scram-sha-256.sasl.jaas.config':
          'org.apache.kafka.common.security.scram.ScramLoginModule required ;',
        'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
        'super.users': 'User:ANONYMOUS',
      },
    },
  },
  env: (rig) => ({
    BOOTSTRAP_SERVERS: doors.get(rig)?.address ?? '',
    KAFKA_SECURITY_PROTOCOL: 'SASL_PLAINTEXT',
    KAFKA_SASL_MECHANISM: 'SCRAM-SHA-256',
    KAFKA_SASL_USERNAME: 'bob',
    KAFKA_SASL_PASSWORD: PASSWORD,
  }),
  expect: { duplicates: 'retries', controlFlows: true },
  async prepare(rig) {
    const [broker] = rig.site.brokers
    const door = await startProxy(Number(broker?.kafka.listeners.SASL?.split(':')[1]))
    rig.defer(() => door.close())
    doors.set(rig, door)
    const { fault, control } = rig.topics
    const all = [fault, control, `${fault}.dead-letter`, `${control}.dead-letter`]
    await asAdmin(rig, (admin) => admin.createAcls({ acl: all.map(right) }))
  },
  async start(rig) {
    await withWrongPassword(rig)
    await rig.start().ready(60_000)
  },
  async inject(rig) {
    const { fault } = rig.topics
    const { resourceName, principal, host, resourceType, operation, permissionType } = right(fault)
    const filter = { resourceName, resourceType, principal, host, operation, permissionType }
    await asAdmin(rig, (admin) => admin.deleteAcls({ filters: [{ ...filter, resourcePatternType: LITERAL }] }))
    const wait = rig.wait(30)
    await rig.noticesInLog(/does not permit this.*holding and trying again/)
    await rig.noticesInMetrics(
      'tributary_produce_retries_total counts authorization',
      (samples) =>
        (samples.value('tributary_produce_retries_total', { topic: fault, reason: 'authorization' }) ?? 0) > 0,
    )
    await wait
    await asAdmin(rig, (admin) => admin.createAcls({ acl: [right(fault)] }))
  },
  check: ({ output }, rig) => {
    const pages = rig.sampler.pages.join('\n')
    const leaks = [PASSWORD, WRONG].filter((password) => output.includes(password) || pages.includes(password))
    return [{ id: 'I10', ok: leaks.length === 0, detail: `${leaks.length} passwords in the log or on a page` }]
  },
}

async function withWrongPassword(rig: Rig): Promise<void> {
  const daemon = rig.start({ KAFKA_SASL_PASSWORD: WRONG })
  await rig.noticesInLog(/feed fault cannot start yet.*authenticat.*check.*KAFKA_SASL/i)
  await rig.noticesOn('/readyz', 503)
  await rig.noticesOn('/healthz', 200)
  const door = doors.get(rig)
  const before = door?.opened ?? 0
  const since = performance.now()
  await rig.wait(60)
  const seconds = (performance.now() - since) / 1_000
  const opened = (door?.opened ?? 0) - before
  rig.findings.push({
    id: 'row',
    ok: opened > 0 && opened <= MOST_PER_S * seconds,
    detail: `${opened} connections tried in ${seconds.toFixed(0)} s with the wrong password`,
  })
  await daemon.stop()
}

/** Bob's right to write (and so to describe). */
function right(topic: string) {
  return {
    resourceType: TOPIC,
    resourceName: topic,
    resourcePatternType: LITERAL,
    principal: 'User:bob',
    host: '*',
    operation: WRITE,
    permissionType: ALLOW,
  }
}

function asAdmin<T>(rig: Rig, work: (admin: Admin) => Promise<T>): Promise<T> {
  return withAdmin(kafkaClient(rig.site.direct), work)
}
