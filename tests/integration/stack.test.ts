/** The stack itself: what every other integration test stands on. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, symlinkSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { cacheFolder } from '../../scripts/stack/cache.ts'
import { startKafka } from '../../scripts/stack/kafka.ts'
import { isAlive } from '../../scripts/stack/lock.ts'
import { createTopic, kafkaClient, readTopic, registerSchema, stack, uniqueName, until } from '../support/stack.ts'

async function produce(bootstrapServers: string, topic: string, values: readonly string[]): Promise<void> {
  const producer = kafkaClient(bootstrapServers).producer()
  await producer.connect()
  try {
    await producer.send({
      topic,
      acks: -1,
      messages: values.map((value) => ({ key: 'k', value, headers: { of: 'test' } })),
    })
  } finally {
    await producer.disconnect()
  }
}

describe('the shared stack', () => {
  it('takes a record and gives it back as it was', async () => {
    const topic = await createTopic({ partitions: 3 })
    await produce(stack().bootstrapServers, topic, ['first', 'second'])
    const records = await readTopic(topic, 2)
    expect(records.map((record) => String(record.value))).toEqual(['first', 'second'])
    expect(records.map((record) => String(record.key))).toEqual(['k', 'k'])
    expect(records.map((record) => record.offset)).toEqual([0n, 1n])
    expect(String(records[0]?.headers.of)).toBe('test')
  })

  it('creates no topic that was not asked for', async () => {
    await expect(produce(stack().bootstrapServers, uniqueName('nowhere'), ['lost'])).rejects.toThrow(/topic-partition/)
  })

  it('registers a schema and gives it back by its id', async () => {
    const schema = { type: 'record', name: 'Thing', fields: [{ name: 'size', type: 'int' }] }
    const id = await registerSchema(uniqueName('thing'), schema)
    const response = await fetch(`${stack().registryUrl}/schemas/ids/${id}`)
    const answer = (await response.json()) as { schema: string }
    expect(JSON.parse(answer.schema)).toEqual(schema)
  })
})

describe('a broker of one’s own', () => {
  it('keeps its port and its records over kill -9', async () => {
    const kafka = await startKafka({ listeners: [{ name: 'OTHER', protocol: 'PLAINTEXT' }] })
    try {
      const { bootstrapServers, pid } = kafka
      const topic = await createTopic({ bootstrapServers })
      await produce(bootstrapServers, topic, ['before'])
      await kafka.kill()
      expect(isAlive(pid)).toBe(false)
      await kafka.restart()
      expect(kafka.bootstrapServers).toBe(bootstrapServers)
      await produce(kafka.listeners.OTHER ?? '', topic, ['after'])
      const records = await readTopic(topic, 2, { bootstrapServers })
      expect(records.map((record) => String(record.value))).toEqual(['before', 'after'])
    } finally {
      await kafka.stop()
    }
    expect(isAlive(kafka.pid)).toBe(false)
    expect(existsSync(kafka.dataDir)).toBe(false)
  })

  it('does not outlive whoever started it, not even over kill -9', async () => {
    const script = `
      const { startKafka } = await import('./scripts/stack/kafka.ts')
      const { pid, dataDir } = await startKafka({ heap: '256m' })
      process.stdout.write(JSON.stringify({ pid, dataDir }), () => process.kill(process.pid, 'SIGKILL'))`
    const { signal, stdout } = await runNode(['--input-type=module', '-e', script])
    expect(signal).toBe('SIGKILL')
    const { pid, dataDir } = JSON.parse(stdout) as { pid: number; dataDir: string }
    await until(() => !isAlive(pid), { what: 'the broker to end' })
    await until(() => !existsSync(dataDir), { what: 'its temporary data to be removed' })
  })
})

describe('the stack command', () => {
  let cache: string
  const command = (...words: string[]): ReturnType<typeof runNode> =>
    runNode(['scripts/stack/main.ts', ...words], { TRIBUTARY_CACHE: cache })

  // A cache of its own, with what is fetched already: a developer's own stack stays as it is.
  beforeAll(async () => {
    cache = await mkdtemp(join(tmpdir(), 'tributary-test-cache-'))
    const fetched = readdirSync(cacheFolder()).filter((name) =>
      /^(kafka|apicurio-registry)-[\d.]+(\.Final)?$/.test(name),
    )
    for (const name of fetched) symlinkSync(join(cacheFolder(), name), join(cache, name))
  })
  afterAll(async () => {
    await command('down')
    await rm(cache, { recursive: true })
  })

  it('starts both in the background, says where, and stops them', async () => {
    const up = await command('up', '--kafka-port', '0', '--registry-port', '0')
    expect(up).toMatchObject({ code: 0 })
    const bootstrapServers = /^BOOTSTRAP_SERVERS=(.+)$/m.exec(up.stdout)?.[1] ?? ''
    const topic = await createTopic({ bootstrapServers })
    await produce(bootstrapServers, topic, ['kept'])
    expect(await readTopic(topic, 1, { bootstrapServers })).toHaveLength(1)
    const registryUrl = /^SCHEMA_REGISTRY_URL=(.+)$/m.exec(up.stdout)?.[1]
    expect(await (await fetch(`${registryUrl}/subjects`)).json()).toEqual([])

    expect(await command('up')).toMatchObject({ code: 0, stdout: up.stdout })
    expect(await command('status')).toMatchObject({ code: 0, stdout: up.stdout })
    expect(await command('down')).toMatchObject({ code: 0, stdout: expect.stringContaining('Kafka: stopped') })
    for (const [, pid] of up.stdout.matchAll(/pid (\d+)/g)) expect(isAlive(Number(pid))).toBe(false)
    expect(await command('status')).toMatchObject({ code: 1 })
  })

  it('says which port is taken, and what to do', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const { code, stderr } = await command('up', '--kafka-port', String(port))
    server.close()
    expect(code).toBe(69)
    expect(stderr).toContain(`port ${port} of 127.0.0.1 is taken`)
    expect(stderr).toContain('--kafka-port')
  })
})

interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

async function runNode(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  return { code, signal, stdout, stderr }
}
