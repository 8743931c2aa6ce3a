/** The compose file of the repository, brought up under a name, on ports and in a network of its own. */
import { randomUUID } from 'node:crypto'
import { freePort } from '../stack/ports.ts'
import { NotRun } from './check.ts'
import { attempt, type Ended, run } from './command.ts'
import type { ComposeModel } from './compose-contract.ts'
import { type Engine, ROOT } from './engine.ts'

/** A project of its own; nothing runs before `up`. */
export interface Project {
  /** Ports of this machine. */
  readonly ports: { readonly metrics: number; readonly kafka: number; readonly registry: number }
  /** Name of the daemon's container. */
  readonly container: string
  /** What the compose file says for this project. */
  model(): Promise<ComposeModel>
  /** What it says to somebody who sets no variables but these. */
  defaults(variables?: Readonly<Record<string, string>>): Promise<ComposeModel>
  /** Starts the services in a network that is there before, and resolves when all are healthy. Rejects with what the unhealthy ones last said. */
  up(services: readonly string[]): Promise<void>
  stop(service: string): Promise<void>
  /** Removes containers, networks and volumes. Works after an abort, too. */
  down(): Promise<void>
}

const UP_S = 300

/** Prepares a project that runs `image`. Throws `NotRun` when the engine has no compose. */
export async function openProject(engine: Engine, image: string, signal: AbortSignal): Promise<Project> {
  if (engine.compose === undefined) {
    throw new NotRun(
      `${engine.name} has no compose of version 2 or newer here`,
      'Install Docker Compose: https://docs.docker.com/compose/install (with podman, let DOCKER_HOST name its socket).',
    )
  }
  const name = `tributary-system-${randomUUID().slice(0, 8)}`
  const [metrics, kafka, registry, prometheus] = await Promise.all([freePort(), freePort(), freePort(), freePort()])
  const env = {
    TRIBUTARY_IMAGE: image,
    METRICS_HOST_PORT: String(metrics),
    KAFKA_HOST_PORT: String(kafka),
    REGISTRY_HOST_PORT: String(registry),
    PROMETHEUS_HOST_PORT: String(prometheus),
    PRODUCER_CONTAINER: `${name}-producer`,
    NETWORK: name,
    NETWORK_EXTERNAL: 'true',
  }
  // Nobody's own .env.
  const own = ['--env-file', '/dev/null', '--project-name', name, '--file', `${ROOT}/docker-compose.yml`]
  const command = [...engine.compose, ...own]
  const compose = (args: readonly string[], timeoutMs = 60_000): Promise<string> =>
    run([...command, ...args], { env, signal, timeoutMs })
  // Without the signal: what was started is taken down and explained even when we are told to stop.
  const anyway = (...args: string[]): Promise<Ended> => attempt([...command, ...args], { env, timeoutMs: 120_000 })
  return {
    ports: { metrics, kafka, registry },
    container: env.PRODUCER_CONTAINER,
    model: async () => JSON.parse(await compose(['config', '--format', 'json'])) as ComposeModel,
    async defaults(variables = {}) {
      const unset = Object.fromEntries(Object.keys(env).map((variable) => [variable, '']))
      const text = await run([...command, 'config', '--format', 'json'], { env: { ...unset, ...variables }, signal })
      return JSON.parse(text) as ComposeModel
    },
    async up(services) {
      const args = ['up', '--detach', '--wait', '--wait-timeout', String(UP_S), '--no-build', '--pull', 'never']
      await run([engine.name, 'network', 'create', name], { signal })
      try {
        await compose([...args, ...services], (UP_S + 60) * 1000)
      } catch (error) {
        const { output } = await anyway('logs', '--no-color', '--tail', '8')
        throw new Error(`compose up failed; the services last said:\n${output.slice(-6_000)}`, { cause: error })
      }
    },
    stop: async (service) => void (await compose(['stop', service])),
    async down() {
      const { code, output } = await anyway('down', '--volumes', '--remove-orphans', '--timeout', '5')
      await attempt([engine.name, 'network', 'rm', name])
      if (code !== 0) throw new Error(`compose down ended with ${code}, look for ${name}: ${output.slice(-1_000)}`)
    },
  }
}
