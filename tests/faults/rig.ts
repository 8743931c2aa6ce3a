/** One run of one row: its topics, its upstreams, its daemon, and how it looks at them. */
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Daemon, type FeedReport, type Launch, launchDaemon } from '../support/daemon.ts'
import { startProxy, type TcpProxy } from '../support/proxy.ts'
import { mountSmallDisk } from '../support/small-disk.ts'
import { createTopic, type ReadRecord, registerSchema, uniqueName } from '../support/stack.ts'
import { until } from '../support/until.ts'
import { FAULT_SCHEMA } from './document.ts'
import type { Ground, RegistrySite, Site } from './ground.ts'
import { type Notices, noticesOf } from './notices.ts'
import type { Client, Finding, Row } from './row.ts'
import { type Sampler, startSampler } from './sampler.ts'
import { type Simulator, startSimulator } from './simulator.ts'

/** How a row is run. */
export interface RunOptions {
  readonly client: Client
  /** Durations of the catalogue are multiplied by it. */
  readonly scale: number
  readonly seed: number
  /** Absolute path of the daemon's program; the sources unless told. */
  readonly entry?: string | undefined
  /** As little as tells anything: for the tests of every day. */
  readonly brief?: boolean
}

/** Words that must stay where they belong: in the URL's query, in a header of the handshake, in payloads. */
export interface Canaries {
  readonly url: string
  readonly header: string
  readonly payload: string
}

/** Everything a row works with. */
export interface Rig extends Notices {
  readonly options: RunOptions
  readonly ground: Ground
  readonly site: Site
  readonly registry: RegistrySite
  /** The feeds are named `fault` and `control`; these are their topics (and schemas). */
  readonly topics: { readonly fault: string; readonly control: string }
  /** Where gap records go. */
  readonly gapsTopic: string
  readonly fault: Simulator
  readonly control: Simulator
  /** In front of the fault feed's upstream, if the row needs it. */
  readonly upstreamProxy: TcpProxy
  /** The fault feed's URLs as the daemon is given them, secrets included. */
  readonly faultUrls: readonly string[]
  readonly canaries: Canaries
  /** A directory of this row's own. */
  readonly folder: string
  /** What a row read from the fault feed's topic before it deleted that: counted as if it were still there. */
  readonly rescued: ReadRecord[]
  /** Every finding so far. */
  readonly findings: Finding[]
  /** Started by the last `start`. Throws before the first. */
  readonly daemon: Daemon
  /** Every one that was started, for what they have said. */
  readonly daemons: readonly Daemon[]
  readonly sampler: Sampler
  /** A number from 0 to 1 that follows from the seed. */
  random(): number
  /** Milliseconds of `seconds` of the catalogue at this scale; at least one second. */
  scaled(seconds: number): number
  /** Waits for `scaled(seconds)`. */
  wait(seconds: number): Promise<void>
  /** The daemon's environment. */
  env(over?: Readonly<Record<string, string>>): Record<string, string>
  /** Starts the daemon (again) with the row's environment, and `over` on top. */
  start(over?: Readonly<Record<string, string>>, launch?: Launch): Daemon
  /** Resolves when both feeds have every socket open and `messages` more have been produced on each. */
  flows(messages?: number, timeoutMs?: number): Promise<void>
  /** Resolves to each feed's report when nothing more arrives and nothing is held; senders must be paused. */
  drained(timeoutMs?: number): Promise<Readonly<Record<'fault' | 'control', FeedReport>>>
  /** Called when the row is over, last first. */
  defer(end: () => unknown): void
  close(): Promise<void>
}

const DEFAULTS = { sources: 6, rate: 500, controlRate: 500, padBytes: 0, partitions: 3 }
const LEAST_MS = 1_000
const FEEDS = ['fault', 'control'] as const

/** Sets everything up but the daemon. */
export async function openRig(row: Row, options: RunOptions, ground: Ground): Promise<Rig> {
  const stack = new AsyncDisposableStack()
  try {
    return await setUp(row, options, ground, stack)
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}

const GAPS_SCHEMA = readFileSync(new URL('../../schemas/tributary.gaps.avsc', import.meta.url), 'utf8')

async function setUp(row: Row, options: RunOptions, ground: Ground, stack: AsyncDisposableStack): Promise<Rig> {
  const load = { ...DEFAULTS, ...row.load }
  const disk = row.needs?.kafkaDiskBytes
  const dataDir = disk ? stack.use(await mountSmallDisk(disk)).path : undefined
  const asked = row.needs?.kafka ?? 'one'
  const kind = dataDir === undefined ? asked : { ...(typeof asked === 'object' ? asked : {}), dataDir }
  const [site, registry] = await Promise.all([ground.kafka(kind), ground.registry()])
  stack.defer(() => site.stop())
  stack.defer(async () => {
    registry.proxy.set({})
    await registry.proxy.up()
  })
  const folder = await mkdtemp(join(tmpdir(), 'tributary-fault-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const replication = site.brokers.length
  const topic = async (name: string, partitions: number, broker: number): Promise<string> => {
    const onBroker = row.needs?.apart ? broker : undefined
    const where = { replication, onBroker, bootstrapServers: site.direct }
    const made = await createTopic({ name: uniqueName(name), partitions, ...where })
    await createTopic({ name: `${made}.dead-letter`, ...where })
    await registerSchema(`${made}-value`, FAULT_SCHEMA, [], registry.direct)
    return made
  }
  const [faultTopic, controlTopic] = await Promise.all([topic('fault', load.partitions, 1), topic('control', 3, 2)])
  const gapsTopic = await createTopic({ name: uniqueName('gaps'), replication, bootstrapServers: site.direct })
  await registerSchema(`${gapsTopic}-value`, GAPS_SCHEMA, [], registry.direct)
  const token = uniqueName('canary').replaceAll('-', '')
  const canaries = { url: `${token}url`, header: `${token}header`, payload: `${token}payload` }
  const simulate = async (name: string, sources: number, rate: number, padBytes: number): Promise<Simulator> =>
    stack.use(await startSimulator({ name, sources, rate, padBytes, canary: canaries.payload }))
  const fault = await simulate('fault', load.sources, load.rate, load.padBytes)
  const control = await simulate('control', 3, load.controlRate, 0)
  const upstreamProxy = stack.use(await startProxy(fault.port))

  const daemons: Daemon[] = []
  const findings: Finding[] = []
  const daemon = (): Daemon => {
    const last = daemons.at(-1)
    if (!last) throw new Error('the daemon has not been started')
    return last
  }
  const sampler = stack.use(startSampler(() => daemons.at(-1)))
  const faultPort = row.needs?.upstreamProxy ? upstreamProxy.port : fault.port
  const secret = (url: string): string => `${url}?token=${canaries.url}`
  const faultUrls = fault.urls.map((url) => secret(url.replace(`:${fault.port}/`, `:${faultPort}/`)))
  const rig: Rig = {
    ...noticesOf(daemon, findings),
    options,
    ground,
    site,
    registry,
    topics: { fault: faultTopic, control: controlTopic },
    gapsTopic,
    fault,
    control,
    upstreamProxy,
    faultUrls,
    canaries,
    folder,
    rescued: [],
    findings,
    get daemon() {
      return daemon()
    },
    daemons,
    sampler,
    random: randomFrom(options.seed),
    scaled: (seconds) => Math.max(LEAST_MS, seconds * 1_000 * options.scale),
    wait: (seconds) => sleep(rig.scaled(seconds)),
    env: (over = {}) => ({
      BOOTSTRAP_SERVERS: row.needs?.kafkaProxy ? site.proxied : site.direct,
      KAFKA_CLIENT: options.client,
      KAFKA_REQUEST_TIMEOUT: '5s',
      SCHEMA_REGISTRY_URL: registry.proxied,
      METRICS_HOST: '127.0.0.1',
      METRICS_PORT: '0',
      DIAL_RATE: '100',
      DRAIN_TIMEOUT: '30s',
      GAPS_TOPIC: gapsTopic,
      FEED_FAULT_URLS: faultUrls.join(),
      FEED_FAULT_SCHEMA: faultTopic,
      FEED_FAULT_HEADERS: JSON.stringify({ 'x-api-key': canaries.header }),
      FEED_FAULT_BACKOFF_MAX: '2s',
      FEED_CONTROL_URLS: control.urls.join(),
      FEED_CONTROL_SCHEMA: controlTopic,
      ...(row.needs?.lane === 'disk' ? { LANE_DIR: join(folder, 'lanes') } : {}),
      ...(typeof row.env === 'function' ? row.env(rig) : row.env),
      ...over,
    }),
    start(over, launch) {
      const started = launchDaemon(rig.env(over), { ...(options.entry ? { entry: options.entry } : {}), ...launch })
      daemons.push(stack.use(started))
      return started
    },
    flows: (messages = 500, timeoutMs = 60_000) => flows(rig, messages, timeoutMs),
    drained: (timeoutMs = 60_000) => drained(rig, timeoutMs),
    defer: (end) => stack.defer(async () => void (await end())),
    close: () => stack.disposeAsync(),
  }
  return rig
}

async function reports({ daemon }: Rig): Promise<Record<'fault' | 'control', FeedReport>> {
  const { feeds } = await daemon.status()
  const [fault, control] = FEEDS.map((name) => feeds[name])
  if (!fault || !control) throw new Error('a feed is missing in /status')
  return { fault, control }
}

async function flows(rig: Rig, messages: number, timeoutMs: number): Promise<void> {
  const before = await reports(rig)
  const haveFlown = async (): Promise<boolean> => {
    const now = await reports(rig)
    return FEEDS.every(
      (name) =>
        rig[name].open === rig[name].sources.length &&
        now[name].ledger.documents.produced >= before[name].ledger.documents.produced + messages,
    )
  }
  await until(haveFlown, {
    what: `all sources to be open and ${messages} messages of each feed to be produced`,
    timeoutMs,
  })
}

/** Between two looks; what is on its way through the kernel is there by then. */
const QUIET_MS = 300

async function drained(rig: Rig, timeoutMs: number): Promise<Readonly<Record<'fault' | 'control', FeedReport>>> {
  let last = await reports(rig)
  const areQuiet = async (): Promise<boolean> => {
    await sleep(QUIET_MS)
    const before = last
    last = await reports(rig)
    const isQuiet = (name: 'fault' | 'control'): boolean => {
      const { messages, documents } = last[name].ledger
      const then = before[name].ledger.messages
      // Settled ones, too: metrics are up to a quarter of a second old.
      const isStill =
        messages.received === then.received && messages.settled === then.settled && rig[name].buffered === 0
      return isStill && messages.held === 0 && documents.in_flight === 0
    }
    return FEEDS.every(isQuiet)
  }
  await until(areQuiet, { what: 'the lanes to be empty', timeoutMs })
  // A scrape may be as old as this.
  await sleep(QUIET_MS)
  return last
}

/** Mulberry32: small, and the same everywhere. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
