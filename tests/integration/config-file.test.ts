// A file as the configuration of a real daemon: what `tributary config` prints is the same configuration again.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { daemonEnv, launchDaemon } from '../support/daemon.ts'
import { schemaText, settled, tradeText } from '../support/daemon-feeds.ts'
import { createTopic, readTopic, registerSchema } from '../support/stack.ts'
import { startUpstream } from '../support/upstream.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-config-file-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, text)
  return path
}

async function ended(env: Readonly<Record<string, string>>, ...args: readonly string[]) {
  await using process = launchDaemon(env, { args })
  const { code } = await process.exited
  return { code, stdout: process.stdout, stderr: process.stderr }
}

describe('a configuration file', () => {
  it('runs the daemon, and so does what is in force of it', async () => {
    await using upstream = await startUpstream()
    const topic = await createTopic()
    await registerSchema(`${topic}-value`, schemaText('TradeEvent'))
    const { BOOTSTRAP_SERVERS, SCHEMA_REGISTRY_URL = '' } = daemonEnv()
    const path = await file(
      'tributary.yaml',
      `bootstrap_servers: ${BOOTSTRAP_SERVERS}
schema_registry_url: \${REGISTRY}
metrics_host: 127.0.0.1
metrics_port: 9000
feeds:
  trades:
    urls: ["${upstream.url}?token=\${TOKEN}"]
    schema: ${topic}
    key_field: symbol
    normalise: verifiable-credential
`,
    )
    const env = { TRIBUTARY_CONFIG: path, REGISTRY: SCHEMA_REGISTRY_URL, TOKEN: 's3cr3t-t0k3n', METRICS_PORT: '0' }
    await using first = launchDaemon(env)
    const socket = await upstream.connection(1)
    socket.send(tradeText('a'))
    await settled(first, 'trades', 1)
    expect(await first.stop()).toEqual({ code: 0, signal: null })
    expect(first.stdout + first.stderr).not.toContain('s3cr3t-t0k3n')

    const printed = await ended(env, 'config')
    expect(printed).toMatchObject({ code: 0, stderr: '' })
    expect(printed.stdout).toContain('metrics_port: 0 # METRICS_PORT')
    expect(printed.stdout).toContain(`    urls: \${FEED_TRADES_URLS} # feeds.trades.urls (`)
    expect(printed.stdout).not.toContain('s3cr3t-t0k3n')

    const second = await file('again.yaml', printed.stdout)
    const left = { REGISTRY: SCHEMA_REGISTRY_URL, FEED_TRADES_URLS: `${upstream.url}?token=s3cr3t-t0k3n` }
    await using again = launchDaemon({ ...left, TRIBUTARY_CONFIG: second })
    const next = await upstream.connection(2)
    next.send(tradeText('b'))
    await settled(again, 'trades', 1)
    expect(await again.stop()).toEqual({ code: 0, signal: null })
    expect(await readTopic(topic, 2)).toHaveLength(2)

    const twice = await ended({ ...left, TRIBUTARY_CONFIG: second }, 'config')
    expect(withoutPlaces(twice.stdout)).toEqual(withoutPlaces(printed.stdout))
  })

  it('that is wrong ends with 78 and all problems, each with its place', async () => {
    const path = await file(
      'wrong.yaml',
      'metric_port: 1\nlinger: 5\nfeeds:\n  a:\n    urls: http://x\n    schema: A\n',
    )
    const { code, stderr } = await ended({ TRIBUTARY_CONFIG: path, METRICS_HOST: '?' })
    expect(code).toBe(78)
    const problems = stderr.split('\n').filter((line) => line.startsWith('  - '))
    for (const [at, start] of [
      `metric_port (${path}:1:1) is not a setting; did you mean metrics_port?`,
      'BOOTSTRAP_SERVERS is missing',
      `linger (${path}:2:9) must be a duration`,
      'METRICS_HOST must be a host name',
      'SCHEMA_REGISTRY_URL is missing',
      `feeds.a.urls (${path}:5:11) must hold only ws:// or wss:// URLs`,
    ].entries()) {
      expect([at, problems.filter((line) => line.startsWith(`  - ${start}`)).length]).toEqual([at, 1])
    }
    expect(problems).toHaveLength(6)
  })

  it('is named by a check, too', async () => {
    const path = await file('check.yaml', 'feeds:\n  a: {schema: A}\n')
    const { code, stdout } = await ended({ ...daemonEnv(), TRIBUTARY_CONFIG: path }, 'check', '--json')
    expect(code).toBe(78)
    const { findings } = JSON.parse(stdout)
    expect(findings).toEqual([expect.objectContaining({ setting: 'feeds.a.urls', level: 'wrong' })])
  })
})

describe('tributary', () => {
  it('prints the JSON Schema', async () => {
    const { code, stdout, stderr } = await ended({}, 'schema')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(Object.keys(JSON.parse(stdout).properties)).toContain('feeds')
  })

  it('shows what it can of a configuration that is wrong, and what is wrong', async () => {
    const { code, stdout, stderr } = await ended({ LINGER: '5ms', METRICS_PORT: 'x' }, 'config')
    expect(code).toBe(78)
    expect(stdout).toContain('linger: 5ms # LINGER')
    expect(stderr).toContain('METRICS_PORT must be a whole number')
  })

  it.each(['config', 'schema'])('takes no arguments with %s, and helps with it', async (command) => {
    expect((await ended({}, command, 'x')).code).toBe(78)
    const { code, stdout } = await ended({}, 'help', command)
    expect([code, stdout.startsWith(`tributary ${command}: `)]).toEqual([0, true])
  })
})

function withoutPlaces(yaml: string): string[] {
  return yaml.split('\n').map((line) => line.replace(/ # .*/, ''))
}
