/** The initialiser as an operator runs it: a process, its output, its exit code. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { withAdmin } from '../../scripts/lib/kafka-admin.ts'
import { freePort } from '../../scripts/stack/ports.ts'
import { kafkaClient, stack, uniqueName, until } from '../support/stack.ts'

let folder: string
let children: ChildProcess[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-test-'))
  children = []
})

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL')
  await rm(folder, { recursive: true })
})

interface Running {
  readonly child: ChildProcess
  readonly output: () => string
  /** Resolves to the exit code. */
  readonly ended: Promise<number | null>
}

function start(flags: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
  const { bootstrapServers, registryUrl } = stack()
  const child = spawn(process.execPath, ['scripts/initialise/main.ts', ...flags], {
    env: { ...process.env, BOOTSTRAP_SERVERS: bootstrapServers, SCHEMA_REGISTRY_URL: registryUrl, ...env },
  })
  children.push(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  const ended = once(child, 'close').then(([code]) => code as number | null)
  return { child, output: () => output, ended }
}

async function run(
  flags: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ code: number | null; output: string }> {
  const { ended, output } = start(flags, env)
  return { code: await ended, output: output() }
}

async function registry<T>(path: string): Promise<T> {
  const response = await fetch(`${stack().registryUrl}${path}`)
  return (await response.json()) as T
}

/** Resolves to the status once the health check answers with it. */
function healthIs(running: Running, status: number): Promise<true> {
  return until(
    async () => {
      const url = /http:\/\/\S+\/health/.exec(running.output())?.[0]
      return url !== undefined && (await fetch(url)).status === status
    },
    { what: `a health check that answers ${status}` },
  )
}

describe('initialise', () => {
  it('names the topic and subject of the gap records as the daemon is told to', async () => {
    const name = uniqueName('gaps')
    await cp('schemas/tributary.gaps.avsc', join(folder, 'tributary.gaps.avsc'))
    const { code, output } = await run(['--dir', folder], { GAPS_TOPIC: name })
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining(`topic ${name}: created`) })
    expect(output).not.toContain('tributary.gaps')
    expect(await registry(`/subjects/${name}-value/versions`)).toEqual([1])
  })

  it('creates the topic and registers the subject under the name of the file, once', async () => {
    const name = uniqueName('readings')
    await cp('schemas/health_sensor.avsc', join(folder, `${name}.avsc`))
    const flags = ['--dir', folder, '--partitions', '3']
    expect(await run(flags)).toMatchObject({ code: 0, output: expect.stringContaining(`topic ${name}: created`) })
    const again = await run(flags)
    expect(again).toMatchObject({ code: 0, output: expect.stringContaining(`topic ${name}: exists`) })
    expect(again.output).toContain(`subject ${name}-value: exists, version 1`)

    const { topics } = await withAdmin(kafkaClient(), (admin) => admin.fetchTopicMetadata({ topics: [name] }))
    expect(topics[0]?.partitions).toHaveLength(3)
    expect(await registry(`/subjects/${name}-value/versions`)).toEqual([1])
    expect(await registry<string[]>('/subjects')).not.toContain('HealthSensorRecord-value')
  })

  it('creates topics for dead letters beside those of schemas, and those that the daemon is told of', async () => {
    const [name, all, gaps] = [uniqueName('readings'), uniqueName('letters'), uniqueName('gaps')]
    await cp('schemas/health_sensor.avsc', join(folder, `${name}.avsc`))
    await cp('schemas/sessions.avsc', join(folder, `${name}.dead-letter.avsc`))
    const env = { DEAD_LETTER_TOPIC: all, GAPS_TOPIC: gaps }
    const without = await run(['--dir', folder, '--no-dead-letters'], env)
    expect(without.output).not.toContain(`topic ${all}`)
    expect(await run(['--dir', folder, '--partitions', '3', '--dead-letter-days', '2'], env)).toMatchObject({ code: 0 })
    const topics = await withAdmin(kafkaClient(), (admin) => admin.listTopics())
    expect(topics.filter((topic) => topic.startsWith(name)).sort()).toEqual([name, `${name}.dead-letter`])
    expect(topics).toEqual(expect.arrayContaining([all, gaps]))

    const described = await withAdmin(kafkaClient(), (admin) =>
      admin.describeConfigs({
        includeSynonyms: false,
        resources: [{ type: 2, name: all, configNames: ['cleanup.policy', 'retention.ms'] }],
      }),
    )
    const settings = described.resources[0]?.configEntries.map(({ configName, configValue }) => [
      configName,
      configValue,
    ])
    expect(Object.fromEntries(settings ?? [])).toEqual({ 'cleanup.policy': 'delete', 'retention.ms': '172800000' })
    const { topics: metadata } = await withAdmin(kafkaClient(), (admin) => admin.fetchTopicMetadata({ topics: [all] }))
    expect(metadata[0]?.partitions).toHaveLength(1)
  })

  it('takes the schemas that come with the project, aliases and all', async () => {
    expect(await run([])).toMatchObject({ code: 0 })
    const subjects = await registry<string[]>('/subjects')
    expect(subjects).toEqual(expect.arrayContaining(['TradeEvent-value', 'health_sensor-value', 'sessions-value']))
    const { schema } = await registry<{ schema: string }>('/subjects/TradeEvent-value/versions/latest')
    expect(schema).toContain('"@context"')
  })

  it('registers a schema after those it refers to, three deep', async () => {
    const base = uniqueName('ref')
    const [outer, middle, inner] = ['1', '2', '3'].map((depth) => `${base}-${depth}`) as [string, string, string]
    const write = async (
      name: string,
      type: string,
      field: string,
      refersTo?: [name: string, type: string],
    ): Promise<void> => {
      const fields = [{ name: 'field', type: field }]
      await writeFile(
        join(folder, `${name}.avsc`),
        JSON.stringify({ type: 'record', name: type, namespace: 'deep', fields }),
      )
      if (!refersTo) return
      const references = [{ name: refersTo[1], subject: `${refersTo[0]}-value` }]
      await writeFile(join(folder, `${name}.references.json`), JSON.stringify(references))
    }
    await write(outer, 'Outer', 'deep.Middle', [middle, 'deep.Middle'])
    await write(middle, 'Middle', 'deep.Inner', [inner, 'deep.Inner'])
    await write(inner, 'Inner', 'string')

    expect(await run(['--dir', folder])).toMatchObject({ code: 0 })
    const again = await run(['--dir', folder])
    expect(again.output).toContain(`subject ${outer}-value: exists, version 1`)
    const latest = await registry(`/subjects/${outer}-value/versions/latest`)
    expect(latest).toMatchObject({ references: [{ name: 'deep.Middle', subject: `${middle}-value`, version: 1 }] })
  })

  it('stays healthy after its work and ends with 0 on SIGTERM', async () => {
    await cp('schemas/sessions.avsc', join(folder, `${uniqueName('stay')}.avsc`))
    const running = start(['--dir', folder, '--stay', '--health-port', '0'])
    await healthIs(running, 200)
    running.child.kill('SIGTERM')
    expect(await running.ended).toBe(0)
  })

  it('is not healthy before its work is done', async () => {
    const running = start(['--stay', '--health-port', '0'], {
      SCHEMA_REGISTRY_URL: `http://127.0.0.1:${await freePort()}`,
    })
    await healthIs(running, 503)
    running.child.kill('SIGTERM')
    expect(await running.ended).toBe(143)
  })

  it('names what it cannot reach, with the cure and without a stack trace', async () => {
    const address = `127.0.0.1:${await freePort()}`
    const { code, output } = await run(['--timeout', '1'], { BOOTSTRAP_SERVERS: address })
    expect(code).toBe(69)
    expect(output).toContain(`Kafka at ${address} does not answer`)
    expect(output).toContain('Check BOOTSTRAP_SERVERS')
    expect(output).not.toMatch(/^\s+at /m)
  })
})
