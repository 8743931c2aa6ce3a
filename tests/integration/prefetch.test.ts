/** What is fetched while npm installs is what the installer takes, and it waits for it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { KAFKA, REGISTRY } from '../../scripts/stack/cache.ts'
import { until } from '../support/until.ts'

let folder: string
let cache: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefetch-'))
  cache = join(folder, 'cache')
})
afterEach(() => rm(folder, { recursive: true }))

const PREFETCH = "require('./scripts/prefetch.cjs').prefetch(process.cwd())"
const INSTALL =
  "import('./scripts/stack/install.ts').then(({ installKafka, installRegistry }) => Promise.all([installKafka(), installRegistry()]))"

function start(script: string, PATH = process.env.PATH) {
  const child = spawn(process.execPath, ['--no-warnings', '-e', script], {
    env: { ...process.env, PATH, TRIBUTARY_CACHE: cache },
    stdio: ['ignore', 'inherit', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (chunk) => (said += chunk))
  return { child, ended: once(child, 'close').then(([code]) => code as number | null), said: () => said }
}

/** What is in the cache; none before it is made. */
async function names(): Promise<string[]> {
  return (await readdir(cache).catch(() => [])).sort()
}

const homes = [`apicurio-registry-${REGISTRY.version}`, `kafka-${KAFKA.version}`]

/** A PATH in which Maven is there, and fetches nothing. */
async function withoutMaven(): Promise<string> {
  await writeFile(join(folder, 'mvn'), '#!/bin/sh\n[ "$1" = --version ]\n')
  await chmod(join(folder, 'mvn'), 0o755)
  return `${folder}:${process.env.PATH}`
}

describe('what is fetched beside npm', () => {
  it('is waited for and taken by the installer, which fetches nothing then', async () => {
    const prefetch = start(PREFETCH)
    await until(async () => (await names()).includes(`${homes[1]}.lock`), { what: 'the lock' })
    const install = start(INSTALL, await withoutMaven())
    expect([await prefetch.ended, await install.ended, install.said()]).toEqual([
      0,
      0,
      expect.stringContaining('kept in'),
    ])
    expect(await names()).toEqual(homes)
    const jars = await readdir(join(cache, homes[1] ?? '', 'libs'))
    expect(jars).toEqual(expect.arrayContaining([`kafka_${KAFKA.scala}-${KAFKA.version}.jar`]))
    expect(await readdir(join(cache, homes[0] ?? ''))).toEqual(
      expect.arrayContaining([expect.stringMatching(/-runner\.jar$/)]),
    )
  }, 180_000)

  it('leaves nothing behind when it is interrupted, and begins anew', async () => {
    const first = start(`process.on('SIGTERM', () => process.exit(3)); ${PREFETCH}`)
    await until(async () => (await names()).some((name) => name.startsWith('fetched.partial-')), { what: 'a begin' })
    first.child.kill('SIGTERM')
    expect(await first.ended).toBe(3)
    expect(await names()).toEqual([])
    const killed = start(PREFETCH)
    await until(async () => (await names()).some((name) => name.startsWith('fetched.partial-')), { what: 'a begin' })
    killed.child.kill('SIGKILL')
    await killed.ended
    const [partial] = (await names()).filter((name) => name.startsWith('fetched.partial-'))
    const again = start(`process.on('SIGTERM', () => process.exit(3)); ${PREFETCH}`)
    await until(async () => !(await names()).includes(partial ?? ''), { what: 'the rest of the killed one to go' })
    again.child.kill('SIGTERM')
    await again.ended
  }, 60_000)
})
