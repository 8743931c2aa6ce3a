/** What `tributary check` says of a set-up is what the daemon does with it. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { runCheck, runJsonCheck } from '../support/check.ts'
import { type Daemon, startDaemon } from '../support/daemon.ts'
import { createTopic, registerSchema, uniqueName } from '../support/stack.ts'
import { until } from '../support/until.ts'
import { startUpstream, type Upstream } from '../support/upstream.ts'
import { refusedPort, startRawUpstream } from '../support/upstream-raw.ts'

let folder: string
let upstream: Upstream
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-test-'))
  upstream = await startUpstream({ onSocket: (socket) => socket.send('{"k":"y","u":{"b":"q"},"n":1}') })
})
afterEach(async () => {
  await upstream.close()
  await rm(folder, { recursive: true })
})

const record = (name: string, ...fields: object[]) => ({ type: 'record', name, namespace: 't.ex', fields })
const PLAIN = record('R', { name: 'k', type: 'string' })
const AMBIGUOUS = record(
  'R',
  { name: 'k', type: 'string' },
  { name: 'u', type: [record('U1', { name: 'a', type: 'string' }), record('U2', { name: 'b', type: 'string' })] },
  { name: 'n', type: ['long', 'double'] },
)

/** The variables of a feed whose topic and subject are there. */
async function feed(schema: object = PLAIN, config: Record<string, string> = {}): Promise<Record<string, string>> {
  const topic = uniqueName('agrees')
  await Promise.all([createTopic({ name: topic, config }), registerSchema(`${topic}-value`, schema)])
  return { FEED_X_URLS: upstream.url, FEED_X_SCHEMA: topic, STARTUP_TIMEOUT: '8' }
}

/** What the daemon says about `text` before it gives up with 69. */
async function gaveUp(env: Record<string, string | undefined>): Promise<string> {
  await using daemon = startDaemon(env)
  expect(await daemon.exited).toEqual({ code: 69, signal: null })
  return said(daemon)
}

const said = (daemon: Daemon): string => daemon.log.map(({ msg }) => msg).join('\n')

describe('check and daemon agree', () => {
  it('that all is well', async () => {
    const env = { ...(await feed()), LANE_DIR: join(folder, 'lanes') }
    expect(await runJsonCheck(env, ['--wait', '1'])).toMatchObject({ code: 0 })
    await using daemon = startDaemon(env)
    await daemon.ready()
    // A check beside the daemon leaves its lanes alone, and takes port and lanes in use for what they are.
    const port = new URL(await daemon.url()).port
    const beside = await runJsonCheck({ ...env, METRICS_PORT: port })
    expect(beside.findings.filter(({ level }) => level === 'note').map(({ detail }) => detail)).toEqual([
      expect.stringContaining('a Tributary runs on port'),
      expect.stringContaining('another process uses it'),
    ])
    expect(beside.code).toBe(0)
    // To a daemon with another port they would be in the way.
    expect(await runJsonCheck(env)).toMatchObject({ code: 69 })
    expect(await daemon.stop()).toEqual({ code: 0, signal: null })
  })

  it('that no document fits the schema, and name the field', async () => {
    const env = { ...(await feed(AMBIGUOUS)), FEED_X_COERCE: 'none' }
    const { code, stdout } = await runCheck(env)
    expect(code).toBe(78)
    expect(stdout).toMatch(/wrong .*no plain JSON document fits its schema: u: .*t\.ex\.U1 and t\.ex\.U2.* told apart/)
    expect(stdout).toContain('→ let COERCE be safe')
    await using daemon = startDaemon(env)
    await daemon.said(/no plain JSON document fits it: u: /)
    await until(async () => (await daemon.feed('x')).ledger.refused.bad_value === 1, { what: 'a refusal' })
    await daemon.said(/a document was refused: u: /)
  })

  it('that a document in the JSON encoding of Avro fits it all the same', async () => {
    await using wrapping = await startUpstream({
      onSocket: (socket) => socket.send('{"k":"y","u":{"t.ex.U2":{"b":"q"}},"n":{"long":1}}'),
    })
    const env = { ...(await feed(AMBIGUOUS)), FEED_X_URLS: wrapping.url }
    expect(await runJsonCheck(env, ['--wait', '1'])).toMatchObject({ code: 0 })
    await using daemon = startDaemon(env)
    await until(async () => (await daemon.feed('x')).ledger.documents.produced === 1, { what: 'a record' })
  })

  it.each(['platformatic', 'kafkajs'])('that a compacted topic needs a key (%s)', async (client) => {
    const env = { ...(await feed(PLAIN, { 'cleanup.policy': 'compact,delete' })), KAFKA_CLIENT: client }
    const sentence = 'a compacted topic needs FEED_X_KEY or FEED_X_KEY_FIELD'
    const { code, stdout } = await runCheck(env)
    expect(code).toBe(78)
    expect(stdout).toContain(`→ ${sentence}`)
    expect(await gaveUp(env)).toContain(sentence)
    const keyed = { ...env, FEED_X_KEY_FIELD: 'k' }
    expect((await runCheck(keyed)).code).toBe(0)
    await using daemon = startDaemon(keyed)
    await until(async () => (await daemon.feed('x')).ledger.documents.produced === 1, { what: 'a record' })
  })

  it.each([
    ['DEAD_LETTER_TOPIC', 'dead letters'],
    ['GAPS_TOPIC', 'gap records'],
  ])('that %s is not there', async (setting, holds) => {
    const topic = uniqueName('absent')
    const env = { ...(await feed()), [setting]: topic }
    const cure = `create topic ${topic} for ${holds} (kafka-topics.sh --bootstrap-server`
    const { code, findings } = await runJsonCheck(env)
    expect(code).toBe(69)
    expect(findings.find(({ about }) => about === topic)).toMatchObject({
      level: 'wrong',
      setting,
      cure: expect.stringMatching(new RegExp(`or unset ${setting}$`)),
    })
    if (setting === 'DEAD_LETTER_TOPIC') expect(await gaveUp(env)).toContain(cure)
    expect(findings.find(({ about }) => about === topic)?.cure).toContain(cure)
  })

  it('that dead letters have no key', async () => {
    const dead = await createTopic({ config: { 'cleanup.policy': 'compact' } })
    const env = { ...(await feed()), DEAD_LETTER_TOPIC: dead }
    expect((await runCheck(env)).stdout).toContain('→ dead letters have no key')
    expect(await gaveUp(env)).toContain('dead letters have no key')
  })

  it('that LANE_DIR cannot be used', async () => {
    await writeFile(join(folder, 'file'), '')
    const env = { ...(await feed()), LANE_DIR: join(folder, 'file', 'lanes') }
    const { code, findings } = await runJsonCheck(env)
    expect(code).toBe(69)
    expect(findings.filter(({ level }) => level === 'wrong')).toEqual([
      expect.objectContaining({ setting: 'LANE_DIR', detail: expect.stringContaining('(ENOTDIR)') }),
    ])
    expect(await gaveUp(env)).toContain('(ENOTDIR)')
  })

  it('that LANE_DIR can be no directory, by the name that was given', async () => {
    const { findings } = await runJsonCheck({ ...(await feed()), LANE_DIR: '/proc/nope' })
    expect(findings.filter(({ level }) => level === 'wrong')).toEqual([
      expect.objectContaining({ detail: expect.stringMatching(/^LANE_DIR \/proc\/nope cannot be used: /) }),
    ])
  })

  it('that the path of a lane is too long for its lock', async () => {
    const env = { ...(await feed()), LANE_DIR: join(folder, 'x'.repeat(100)) }
    const { code, stdout } = await runCheck(env)
    expect(code).toBe(69)
    expect(stdout).toContain('too long for a lock')
    expect(await gaveUp(env)).toContain('too long for a lock')
  })

  it('that a lane is damaged', async () => {
    await mkdir(join(folder, 'x'))
    await writeFile(join(folder, 'x', 'data.mdb'), 'no lane')
    const env = { ...(await feed()), LANE_DIR: folder }
    const { code, stdout } = await runCheck(env)
    expect(code).toBe(69)
    expect(stdout).toMatch(/wrong .*the lane of feed x .*tributary lane export x/)
    expect(await gaveUp(env)).toContain('tributary lane export x')
  })

  it('that METRICS_PORT is taken', async () => {
    const other = createServer((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n{}')).listen(0, '127.0.0.1')
    await until(() => other.listening, { what: 'the other server' })
    const { port } = other.address() as { port: number }
    const env = { ...(await feed()), METRICS_PORT: String(port) }
    const { code, findings } = await runJsonCheck(env)
    expect(code).toBe(69)
    const wrong = findings.filter(({ level }) => level === 'wrong')
    expect(wrong).toEqual([
      expect.objectContaining({ setting: 'METRICS_PORT', cure: expect.stringContaining('another') }),
    ])
    expect(await gaveUp(env)).toContain(wrong[0]?.detail)
    other.close()
  })

  it('that METRICS_HOST is no address of this machine', async () => {
    const env = { ...(await feed()), METRICS_HOST: 'no-such-host.invalid' }
    expect((await runCheck(env)).stdout).toContain('→ choose an address of this machine')
    expect(await gaveUp(env)).toContain('METRICS_HOST')
  })

  it('that Kafka and the registry are away: both are named, as they were given', async () => {
    const port = await refusedPort()
    const env = {
      ...(await feed()),
      BOOTSTRAP_SERVERS: undefined,
      KAFKA_BOOTSTRAP_SERVERS: `127.0.0.1:${port}`,
      SCHEMA_REGISTRY_URL: `http://127.0.0.1:${port}`,
    }
    const { code, stdout } = await runCheck(env)
    expect(code).toBe(69)
    for (const text of [stdout, await gaveUp(env)]) {
      expect(text).toMatch(/check KAFKA_BOOTSTRAP_SERVERS \(127/)
      expect(text).toMatch(/check SCHEMA_REGISTRY_URL, /)
    }
  })

  it('that Kafka accepts connections and says nothing, long before a request ends', async () => {
    await using kafka = await startRawUpstream(() => undefined)
    const env = { ...(await feed()), BOOTSTRAP_SERVERS: `127.0.0.1:${kafka.port}`, STARTUP_TIMEOUT: '10s' }
    expect((await runCheck(env)).stdout).toContain('Kafka has said nothing for 5 s')
    const log = await gaveUp(env)
    expect(log).toContain('feed x cannot start yet: Kafka has said nothing for 5 s; check BOOTSTRAP_SERVERS')
    expect(log).toContain('feed x could not start: Kafka has said nothing for 5 s; check BOOTSTRAP_SERVERS')
  })
})
