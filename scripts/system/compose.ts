/** Check: docker-compose.yml brought up for real, from the first image to the daemon's orderly end. */
import { until } from '../lib/until.ts'
import { type Check, type Context, expect, NotRun } from './check.ts'
import { run } from './command.ts'
import { expectContract } from './compose-contract.ts'
import { expectEnvFile, expectSnippet } from './compose-files.ts'
import { openProject, type Project } from './compose-project.ts'
import { type Engine, needImage } from './engine.ts'
import { metricTotal } from './exposition.ts'
import { openImage } from './image.ts'
import { decodeFirst } from './record.ts'

const TOPICS = ['TradeEvent', 'health_sensor', 'sessions'] as const
const GRACE_MS = 30_000

export const compose: Check = {
  help: 'brings docker-compose.yml up: healthy, records in Kafka, locked up, exit 0 on SIGTERM',
  async run(context) {
    const { engine, tag, discard } = await openImage(context)
    try {
      const project = await openProject(engine, tag, context.signal)
      expectContract(await project.defaults())
      context.seen('names, port and conditions are those that others rely on')
      await expectVariables(project)
      await expectEnvFile(engine.compose ?? [], context.signal)
      await expectSnippet(engine.compose ?? [], context.signal)
      context.seen('takes its settings from the environment and from files, as sample.env and the README say')
      const services = await availableServices(engine, project, tag, context)
      try {
        await project.up(services)
        context.seen(`${services.length} services are up`)
        await healthy(engine, project, context)
        await ready(project, context)
        await flowing(project, context)
        await lockedUp(engine, project, context)
        await orderlyEnd(engine, project, context)
      } finally {
        await project.down()
      }
    } finally {
      await discard()
    }
  },
}

/** The compose file that this one replaces took these from the environment. */
async function expectVariables(project: Project): Promise<void> {
  const given = { DID_PROVIDER: 'did:ethr', SSI_VALIDATION: 'false', CACHE_DID: 'true', PROCESSING_MODE: 'async' }
  const { services } = await project.defaults(given)
  const { environment = {} } = services.kafka_producer ?? {}
  for (const [name, value] of Object.entries(given))
    expect(environment[name] === value, `${name}=${value} reaches the daemon as ${environment[name]}`)
}

/** Every service whose image is here or can be pulled. Only Prometheus may be missing: no other service needs it. */
async function availableServices(
  engine: Engine,
  project: Project,
  tag: string,
  { pull, signal, seen }: Context,
): Promise<string[]> {
  const { services } = await project.model()
  const missing: string[] = []
  for (const [service, { image }] of Object.entries(services)) {
    if (image === tag) continue
    await needImage(engine, image, pull, signal).catch((error: unknown) => {
      if (!(error instanceof NotRun) || service !== 'prometheus') throw error
      missing.push(service)
      seen(`without the service ${service}: ${error.message}`)
    })
  }
  return Object.keys(services).filter((service) => !missing.includes(service))
}

/** By the check of the compose file: it has started, and has reached Kafka. */
async function healthy({ name }: Engine, { container }: Project, { signal, seen }: Context): Promise<void> {
  const health = () => run([name, 'inspect', '--format', '{{.State.Health.Status}}', container], { signal })
  await until(async () => (await health()) === 'healthy', {
    what: 'the daemon to be healthy',
    timeoutMs: 60_000,
    signal,
  })
  seen('the daemon is healthy')
}

async function ready({ ports }: Project, { signal, seen }: Context): Promise<void> {
  const page = await until(
    async () => {
      const response = await fetch(`http://127.0.0.1:${ports.metrics}/readyz`, { signal: AbortSignal.timeout(5_000) })
      const body = await response.text()
      if (response.status !== 200) throw new Error(body)
      return body
    },
    { what: '/readyz to answer 200', timeoutMs: 60_000, intervalMs: 250, signal },
  )
  expect(page.trim() === 'ready', `/readyz answered ${page}`)
  seen('/readyz says ready')
}

async function flowing({ ports }: Project, { signal, seen }: Context): Promise<void> {
  const bootstrapServers = `127.0.0.1:${ports.kafka}`
  const registryUrl = `http://127.0.0.1:${ports.registry}/apis/ccompat/v7`
  const page = async () =>
    (await fetch(`http://127.0.0.1:${ports.metrics}/`, { signal: AbortSignal.timeout(5_000) })).text()
  for (const topic of TOPICS) {
    const counted = () => page().then((text) => metricTotal(text, 'kafka_producer_requests_total', { topic }))
    const options = { timeoutMs: 60_000, intervalMs: 250, signal }
    const before = await until(counted, { what: `requests_total of ${topic} above 0`, ...options })
    await until(async () => (await counted()) > before, { what: `requests_total of ${topic} to rise`, ...options })
    const { key, document } = await decodeFirst(topic, { bootstrapServers, registryUrl, signal })
    expect(key !== '' && Object.keys(document).length > 2, `${topic}: key ${key}, ${JSON.stringify(document)}`)
    seen(`${topic}: counted, and a record read back with key ${key}`)
  }
  const open = metricTotal(await page(), 'tributary_sources', { state: 'open' })
  expect(open === 5, `5 sources should be open, ${open} are`)
  seen('all 5 sources are open')
}

/** Asks the kernel about process 1 rather than the engine about its settings. */
async function lockedUp({ name }: Engine, { container }: Project, { signal, seen }: Context): Promise<void> {
  const inside = (code: string) => run([name, 'exec', container, 'node', '-p', code], { signal })
  const status = await inside("fs.readFileSync('/proc/1/status', 'utf8')")
  const field = (key: string) => new RegExp(`^${key}:\\s*(.*)$`, 'm').exec(status)?.[1] ?? 'nothing'
  const users = field('Uid')
  expect(/^[1-9]\d*\t/.test(users) && !/(^|\t)0(\t|$)/.test(users), `process 1 runs as ${users}`)
  for (const set of ['CapEff', 'CapBnd']) expect(/^0+$/.test(field(set)), `process 1 has ${set} ${field(set)}`)
  expect(field('NoNewPrivs') === '1', `process 1 has NoNewPrivs ${field('NoNewPrivs')}`)
  // EACCES would only say that the user may not; /tmp is a tmpfs with podman, so it says nothing.
  const written = await inside("try { fs.writeFileSync('probe', ''); 'written' } catch (error) { error.code }")
  expect(written === 'EROFS', `a write to the root file system gave ${written}, not EROFS`)
  seen('not root, no capabilities, no new privileges, read-only root')
  const lanes = await inside("fs.readdirSync('/var/lib/tributary').sort().join()")
  expect(lanes.includes('delivery,finnhub_trade,health_sensor'), `the volume of the lanes holds ${lanes}`)
  seen('its lanes are on a volume')
}

async function orderlyEnd({ name }: Engine, project: Project, { signal, seen }: Context): Promise<void> {
  const startedAt = Date.now()
  await project.stop('kafka_producer')
  const tookMs = Date.now() - startedAt
  const state = await run(
    [name, 'inspect', '--format', '{{.State.ExitCode}} {{.State.OOMKilled}}', project.container],
    {
      signal,
    },
  )
  expect(state === '0 false', `after SIGTERM exit code and out-of-memory flag are ${state}`)
  expect(tookMs < GRACE_MS, `the stop took ${tookMs} ms, more than the grace period`)
  seen('SIGTERM ended it with 0 within the grace period')
}
