// The container's health check finds the daemon where its configuration puts it.
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from '@jest/globals'
import { freePort } from '../../scripts/stack/ports.ts'
import { startDaemon } from '../support/daemon.ts'
import { until } from '../support/until.ts'
import { startUpstream } from '../support/upstream.ts'

const ROOT = new URL('../..', import.meta.url).pathname
const NODE = join(ROOT, 'node_modules/.bin/node')

function healthcheck(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<[number, string]> {
  return new Promise((resolve) => {
    const child = execFile(NODE, ['scripts/healthcheck.ts', ...args], { cwd: ROOT, env }, (_error, stdout) =>
      resolve([child.exitCode ?? -1, stdout.trim()]),
    )
  })
}

it('reads the file under the environment, and goes on when the file is broken', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'health-'))
  const [path, portFile, port] = [join(folder, 'tributary.yaml'), join(folder, 'port'), await freePort()]
  await writeFile(portFile, `${port}\n`)
  await using upstream = await startUpstream()
  const feeds = `feeds:\n  f: {urls: "${upstream.url}", schema: Nothing}\n`
  await writeFile(path, `metrics_host: 127.0.0.1\nmetrics_port_file: ${portFile}\n${feeds}`)
  await using daemon = startDaemon({ TRIBUTARY_CONFIG: path, METRICS_HOST: undefined, METRICS_PORT: undefined })
  const env = { TRIBUTARY_CONFIG: path }
  await daemon.said('has started')
  let healthy = ''
  const isHealthy = async (): Promise<boolean> => {
    const [code, said] = await healthcheck(env)
    healthy = said
    return code === 0
  }
  await until(isHealthy, { what: 'the health check to find the daemon' })
  expect(healthy).toBe(`http://127.0.0.1:${port}/healthz: 200`)
  expect(await healthcheck(env, '/readyz')).toEqual([1, `http://127.0.0.1:${port}/readyz: 503`])
  expect((await healthcheck({ ...env, METRICS_PORT: '1' }))[1]).toContain('127.0.0.1:1/')
  await writeFile(path, '{')
  expect((await healthcheck({ ...env, METRICS_HOST: '::1', METRICS_PORT: `${port}` }))[1]).toContain(`[::1]:${port}/`)
  expect((await healthcheck(env))[1]).toContain('127.0.0.1:9000/')
  await rm(folder, { recursive: true })
})
