/** Check: a real Prometheus, with the configuration of deploy/, scrapes the daemon and has nothing to complain about. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Scope } from '../../app/lib/scope.ts'
import { until } from '../lib/until.ts'
import { freePort } from '../stack/ports.ts'
import { type Check, type Context, expect, NotRun } from './check.ts'
import { works } from './command.ts'
import { ROOT } from './engine.ts'
import { metricTotal } from './exposition.ts'
import { withRig } from './rig.ts'

const TARGET = 'kafka_producer:9000'

interface Target {
  readonly health: string
  readonly lastError: string
}

interface Series {
  readonly metric: Readonly<Record<string, string>>
  readonly value: readonly [number, string]
}

export const prometheus: Check = {
  help: 'a real Prometheus scrapes the daemon under load and answers queries about it',
  async run(context) {
    if (!(await works(['prometheus', '--version']))) {
      throw new NotRun('no prometheus in the PATH', 'apt install prometheus, or https://prometheus.io/download')
    }
    await withRig({ signal: context.signal, rate: 50 }, async ({ metricsAddress }) => {
      const scope = new Scope()
      try {
        await scraped(await startPrometheus(scope, metricsAddress, context.signal), context)
      } finally {
        await scope.close()
      }
    })
  },
}

/** A running Prometheus. `log` is what it has said at level warn and above. */
interface Running {
  readonly url: string
  log(): string
}

async function startPrometheus(scope: Scope, daemon: string, signal: AbortSignal): Promise<Running> {
  const folder = scope.use(await mkdtemp(join(tmpdir(), 'tributary-prometheus-')), (it) => rm(it, { recursive: true }))
  const deployed = await readFile(join(ROOT, 'deploy/prometheus/prometheus.yml'), 'utf8')
  expect(deployed.includes(TARGET), `deploy/prometheus/prometheus.yml does not scrape ${TARGET}`)
  await writeFile(join(folder, 'prometheus.yml'), deployed.replaceAll(TARGET, daemon))
  const address = `127.0.0.1:${await freePort()}`
  const server = spawn(
    'prometheus',
    [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=${address}`,
      '--log.level=warn',
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  scope.use(server, async () => {
    if (server.exitCode !== null) return
    const ended = once(server, 'exit')
    server.kill('SIGTERM')
    await ended
  })
  let log = ''
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (chunk) => (log += chunk))
  const ready = async () => server.exitCode !== null || (await fetch(`http://${address}/-/ready`)).ok
  await until(ready, { what: 'Prometheus to be ready', timeoutMs: 60_000, signal })
  expect(server.exitCode === null, `Prometheus ended with ${server.exitCode}: ${log}`)
  return { url: `http://${address}`, log: () => log }
}

async function scraped({ url, log }: Running, { signal, seen }: Context): Promise<void> {
  const ask = async (path: string): Promise<unknown> => {
    const response = await fetch(`${url}/api/v1/${path}`, { signal: AbortSignal.timeout(5_000) })
    return ((await response.json()) as { data: unknown }).data
  }
  const query = async (text: string): Promise<readonly Series[]> =>
    ((await ask(`query?query=${encodeURIComponent(text)}`)) as { result: Series[] }).result
  const options = { timeoutMs: 60_000, intervalMs: 250, signal }

  const perTopic = 'sum by (topic) (kafka_producer_requests_total) > 0'
  const topics = async () => {
    const series = await query(perTopic)
    return series.length === 3 && series
  }
  const counts = await until(topics, { what: `three series of ${perTopic}`, ...options })
  seen(`requests: ${counts.map(({ metric, value }) => `${metric.topic} ${value[1]}`).join(', ')}`)

  const quantile = 'histogram_quantile(0.99, sum by (le) (rate(tributary_delivery_duration_seconds_bucket[1m]))) > 0'
  const [p99] = await until(async () => (await query(quantile)).length > 0 && query(quantile), {
    what: 'a quantile of the delivery duration',
    ...options,
  })
  expect(Number.isFinite(Number(p99?.value[1])), `the 99th percentile is ${p99?.value[1]}`)

  const { activeTargets } = (await ask('targets')) as { activeTargets: Target[] }
  const [target] = activeTargets
  expect(target?.health === 'up' && target.lastError === '', `the target: ${JSON.stringify(activeTargets)}`)
  const [worst] = await query('min_over_time(up[5m])')
  expect(worst?.value[1] === '1', `some scrape failed: ${JSON.stringify(worst)}`)
  const self = await (await fetch(`${url}/metrics`)).text()
  const rejected = ['duplicate_timestamp', 'out_of_order', 'out_of_bounds'].map((what) =>
    metricTotal(self, `prometheus_target_scrapes_sample_${what}_total`),
  )
  expect(rejected.join() === '0,0,0', `rejected samples (duplicate, out of order, out of bounds): ${rejected}`)
  expect(log() === '', `Prometheus said: ${log()}`)
  seen('target up, no scrape failed, no sample rejected, nothing in its log')
}
