/** The daemon as it is started by `npm start`, on a real Kafka and registry, with synthesised upstreams. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { Scope } from '../../app/lib/scope.ts'
import { initialise } from '../initialise/initialise.ts'
import { quietKafka } from '../lib/kafka-admin.ts'
import { until } from '../lib/until.ts'
import { startKafka } from '../stack/kafka.ts'
import { freePort } from '../stack/ports.ts'
import { startRegistry } from '../stack/registry.ts'
import { type Synthesiser, startSynthesiser } from '../synthesise/server.ts'
import { ROOT } from './engine.ts'
import type { Servers } from './record.ts'

/** What runs. */
export interface Rig {
  readonly servers: Servers
  /** `127.0.0.1:port` of the daemon's metrics. */
  readonly metricsAddress: string
  /** By the kind of its messages. */
  readonly upstreams: Readonly<Record<(typeof KINDS)[number], Synthesiser>>
}

const KINDS = ['trades', 'credentials', 'readings', 'deliveries'] as const

/** Starts everything, lends it to `work` once the daemon is ready, and stops everything whatever happens. `count`: messages per upstream. */
export async function withRig(
  options: { readonly signal: AbortSignal; readonly count?: number; readonly rate: number },
  work: (rig: Rig) => Promise<void>,
): Promise<void> {
  const scope = new Scope()
  try {
    await work(await openRig(scope, options))
  } finally {
    await scope.close()
  }
}

async function openRig(
  scope: Scope,
  { signal, count, rate }: { signal: AbortSignal; count?: number; rate: number },
): Promise<Rig> {
  const kafka = scope.use(await startKafka(), (it) => it.stop())
  const registry = scope.use(await startRegistry(), (it) => it.stop())
  const servers = { bootstrapServers: kafka.bootstrapServers, registryUrl: registry.url, signal }
  signal.throwIfAborted()
  await initialise({
    ...{ bootstrapServers: kafka.bootstrapServers, registryUrl: registry.url, folder: join(ROOT, 'schemas') },
    kafka: (more) => quietKafka(kafka.bootstrapServers, more),
    ...{ partitions: 1, replication: 1, deadLetters: { partitions: 1, days: 14 }, timeoutMs: 60_000, say: () => {} },
  })
  const open = async (kind: (typeof KINDS)[number]) =>
    scope.use(await startSynthesiser({ kind, rate, count, record: count !== undefined }), (it) => it.close())
  const upstreams = {
    trades: await open('trades'),
    credentials: await open('credentials'),
    readings: await open('readings'),
    deliveries: await open('deliveries'),
  }
  const metricsAddress = `127.0.0.1:${await freePort()}`
  await startDaemon(scope, signal, metricsAddress, {
    BOOTSTRAP_SERVERS: kafka.bootstrapServers,
    SCHEMA_REGISTRY_URL: registry.url,
    FINNHUB_TRADE_DATA: 'True',
    KAFKA_TOPIC_FINNHUB_TRADE: 'TradeEvent',
    FINNHUB_DATA_URLS: `${upstreams.trades.url},${upstreams.credentials.url}`,
    IOT_SYNTHETIC_DATA: 'True',
    KAFKA_TOPIC_HEALTH_SENSOR: 'health_sensor',
    IOT_SYNTHETIC_URLS: upstreams.readings.url,
    DELIVERY_DATA: 'True',
    DELIVERY_DATA_URLS: upstreams.deliveries.url,
  })
  return { servers, metricsAddress, upstreams }
}

async function startDaemon(
  scope: Scope,
  signal: AbortSignal,
  address: string,
  settings: Readonly<Record<string, string>>,
): Promise<void> {
  const [METRICS_HOST, METRICS_PORT] = address.split(':')
  const daemon = spawn(process.execPath, [join(ROOT, 'app/main.ts')], {
    env: { PATH: process.env.PATH, METRICS_HOST, METRICS_PORT, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  scope.use(daemon, stop)
  let log = ''
  for (const stream of [daemon.stdout, daemon.stderr])
    stream.on('data', (chunk) => (log = `${log}${chunk}`.slice(-4_000)))
  const ready = async () => {
    if (daemon.exitCode !== null) return true
    return (await fetch(`http://${address}/readyz`, { signal: AbortSignal.timeout(2_000) })).ok
  }
  await until(ready, { what: 'the daemon to be ready', timeoutMs: 60_000, signal })
  if (daemon.exitCode !== null) throw new Error(`the daemon ended with ${daemon.exitCode}:\n${log}`)
}

async function stop(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null || daemon.signalCode !== null) return
  const ended = once(daemon, 'exit')
  daemon.kill('SIGTERM')
  await ended
}
