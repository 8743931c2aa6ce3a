/** Initialiser and redrive through TLS and SASL, told by the daemon's own variables; redrive with the least permissions. */
import { execFile } from 'node:child_process'
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Kafka, startKafka } from '../../scripts/stack/kafka.ts'
import { certify } from '../support/certificates.ts'
import { writeLetters } from '../support/dead-letters.ts'
import { kafkaClient, stack, topicSize, uniqueName } from '../support/stack.ts'

const PASSWORD = 'open=sesame;42+%'
const authority = certify({ commonName: 'Test Authority', authority: true })
const server = certify({ commonName: 'broker', names: ['127.0.0.1', 'localhost'] }, authority)

let kafka: Kafka
let folder: string
let name: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-test-'))
  name = uniqueName('sessions')
  await writeFile(join(folder, 'ca.pem'), authority.cert)
  await copyFile('schemas/sessions.avsc', join(folder, `${name}.avsc`))
  kafka = await startKafka({
    listeners: [{ name: 'SECURE', protocol: 'SASL_SSL' }],
    scram: ['alice', 'bob'].map((user) => `SCRAM-SHA-512=[name=${user},password=${PASSWORD}]`),
    properties: {
      'listener.name.secure.ssl.keystore.type': 'PEM',
      'listener.name.secure.ssl.keystore.certificate.chain': server.cert,
      'listener.name.secure.ssl.keystore.key': server.key,
      'listener.name.secure.sasl.enabled.mechanisms': 'SCRAM-SHA-512',
      'listener.name.secure.scram-sha-512.sasl.jaas.config':
        'org.apache.kafka.common.security.scram.ScramLoginModule required;',
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      'super.users': 'User:ANONYMOUS;User:alice',
    },
  })
})
afterAll(async () => {
  await kafka?.stop()
  await rm(folder, { recursive: true })
})

interface Result {
  readonly code: number
  readonly output: string
}

function run(
  script: string,
  args: readonly string[],
  user: string,
  over: Record<string, string> = {},
): Promise<Result> {
  const env = {
    BOOTSTRAP_SERVERS: String(kafka.listeners.SECURE),
    SCHEMA_REGISTRY_URL: stack().registryUrl,
    KAFKA_SECURITY_PROTOCOL: 'SASL_SSL',
    KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
    KAFKA_SASL_USERNAME: user,
    KAFKA_SASL_PASSWORD: PASSWORD,
    KAFKA_SSL_CA_FILE: join(folder, 'ca.pem'),
    DELIVERY_DATA: 'True',
    DELIVERY_DATA_URLS: 'ws://127.0.0.1:9/d',
    KAFKA_TOPIC_DELIVERY: name,
    ...over,
  }
  return new Promise((resolve) => {
    execFile(process.execPath, ['--no-warnings', script, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), output: stdout + stderr })
    })
  })
}

/** Operations as the protocol numbers them. */
const READ = 3
const WRITE = 4

async function permit(user: string, topic: string, operation: typeof READ | typeof WRITE): Promise<void> {
  const admin = kafkaClient(kafka.bootstrapServers).admin()
  await admin.connect()
  const acl = { resourceType: 2, resourceName: topic, resourcePatternType: 3, principal: `User:${user}`, operation }
  await admin.createAcls({ acl: [{ ...acl, host: '*', permissionType: 3 }] })
  await admin.disconnect()
}

describe('through TLS and SASL', () => {
  it('topics are created and dead letters sent, by a user who may read the one topic and write the other', async () => {
    const made = await run('scripts/initialise/main.ts', ['--dir', folder], 'alice')
    expect(made).toMatchObject({ code: 0, output: expect.stringContaining(`topic ${name}.dead-letter: created`) })

    const words = { vehicle_id: 'v', device_id: 'd', session_id: 's', order_id: 'o', status: 'started' }
    const places = { start_lat: 1, start_lon: 2, end_lat: 3, end_lon: 4, current_lat: 5, current_lon: 6 }
    const document = { ...words, ...places, timestamp: '2026-01-19T12:34:56Z' }
    const letter = { message: JSON.stringify(document), feed: 'delivery', reason: 'encode' }
    await writeLetters(`${name}.dead-letter`, [letter], { bootstrapServers: kafka.bootstrapServers })
    const forbidden = await run('app/main.ts', ['redrive', '--go'], 'bob')
    expect(forbidden).toMatchObject({ code: 69 })

    await permit('bob', `${name}.dead-letter`, READ)
    await permit('bob', name, WRITE)
    const sent = await run('app/main.ts', ['redrive', '--go'], 'bob')
    expect(sent).toMatchObject({ code: 0, output: expect.stringContaining('1 record sent of 1.') })
    expect(await topicSize(name, kafka.bootstrapServers)).toBe(1)
  })

  it('wrong variables are said by name, without the password', async () => {
    const missing = await run('scripts/initialise/main.ts', ['--dir', folder], 'alice', { KAFKA_SASL_MECHANISM: '' })
    expect(missing).toMatchObject({ code: 78, output: expect.stringContaining('KAFKA_SASL_MECHANISM is missing') })
    const wrong = { KAFKA_SASL_PASSWORD: 'not-this-one' }
    const refused = await run('scripts/initialise/main.ts', ['--dir', folder, '--timeout', '1'], 'alice', wrong)
    expect(refused.code).toBe(69)
    const read = await run('app/main.ts', ['redrive'], 'alice', wrong)
    expect(read).toMatchObject({ code: 69, output: expect.stringMatching(/authenticat/) })
    expect(refused.output + read.output + missing.output).not.toMatch(/not-this-one|sesame/)
  })
})
