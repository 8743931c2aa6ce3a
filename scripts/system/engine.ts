/** The container engine of this machine, docker or podman, and images in it. */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { NotRun } from './check.ts'
import { attempt, type Ended, lastLine, works } from './command.ts'

/** An engine that answers. */
export interface Engine {
  readonly name: 'docker' | 'podman'
  /** `docker compose`, `docker-compose` …; undefined when there is none of version 2 or newer. */
  readonly compose: readonly string[] | undefined
}

/** The repository. */
export const ROOT = join(import.meta.dirname, '../..')

const PULL_MS = 600_000
const BUILD_MS = 900_000

/** The engine to use: docker if its daemon answers, else podman. Throws `NotRun` when neither does. */
export async function findEngine(): Promise<Engine> {
  if (await works(['docker', 'info'])) {
    return { name: 'docker', compose: await firstCompose([['docker', 'compose'], ['docker-compose']]) }
  }
  if (await works(['podman', 'info'])) {
    // docker-compose reaches podman only through the socket that DOCKER_HOST names; podman compose sees to that itself.
    const standalone = process.env.DOCKER_HOST ? [['docker-compose']] : []
    return { name: 'podman', compose: await firstCompose([['podman', 'compose'], ...standalone]) }
  }
  throw new NotRun(
    'neither docker nor podman runs containers here',
    'Install Docker (https://docs.docker.com/engine/install) and start its daemon, or `apt install podman`.',
  )
}

async function firstCompose(candidates: readonly (readonly string[])[]): Promise<readonly string[] | undefined> {
  for (const command of candidates) {
    const { code, stdout } = await attempt([...command, 'version', '--short'], { timeoutMs: 20_000 }).catch(() => ({
      code: null,
      stdout: '',
    }))
    if (code === 0 && Number(/^v?(\d+)/.exec(lastLine(stdout))?.[1]) >= 2) return command
  }
  return undefined
}

/** Sees to it that an image is here. Throws `NotRun` when it is not and cannot, or shall not, be pulled. */
export async function needImage({ name }: Engine, image: string, pull: boolean, signal: AbortSignal): Promise<void> {
  if (await works([name, 'image', 'inspect', image], { signal })) return
  if (!pull)
    throw new NotRun(`the image ${image} is not here, and --no-pull says not to fetch it`, `${name} pull ${image}`)
  const { code, output } = await attempt([name, 'pull', image], { signal, timeoutMs: PULL_MS })
  if (code === 0) return
  throw new NotRun(
    `the image ${image} is not here and could not be pulled: ${lastLine(output).slice(0, 300)}`,
    `Check the way to the image registry, or put the image here by \`${name} load\`.`,
  )
}

/** What npm says when a build has no way to its registry: the machine's fault, not the Dockerfile's. */
const NO_WAY = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|SELF_SIGNED_CERT|UNABLE_TO_(?:GET_ISSUER|VERIFY)/

/** Builds the Dockerfile under `tag`. Throws `NotRun` when its base image or the npm registry cannot be had, and when no container runs here. */
export async function buildImage(engine: Engine, tag: string, pull: boolean, signal: AbortSignal): Promise<void> {
  const base = process.env.NODE_IMAGE
  const image = base ?? 'node:24-bookworm-slim'
  await needImage(engine, image, pull, signal)
  await needRunning(engine, image, signal)
  // The OCI format, podman's default, has no HEALTHCHECK.
  const format = engine.name === 'podman' ? ['--format', 'docker'] : []
  const from = base ? ['--build-arg', `NODE_IMAGE=${base}`] : []
  const command = [engine.name, 'build', ...format, ...from, '--tag', tag, ROOT]
  const { code, output } = await attempt(command, { signal, timeoutMs: BUILD_MS })
  if (code === 0) return
  const obstacle = NO_WAY.exec(output)?.[0]
  if (obstacle === undefined) throw new Error(`the image does not build:\n${output.slice(-2_000)}`)
  throw new NotRun(
    `npm cannot reach its registry from inside a build here (${obstacle})`,
    'Check the network of containers.',
  )
}

/** Throws `NotRun` when the engine answers, but cannot run anything. */
async function needRunning({ name }: Engine, image: string, signal: AbortSignal): Promise<void> {
  const container = containerName()
  const options = { signal, timeoutMs: 60_000 }
  try {
    const { code, output } = await attempt(
      [name, 'run', '--name', container, '--network', 'none', image, 'node', '-p', '1'],
      options,
    )
    if (code === 0) return
    throw new NotRun(
      `${name} cannot run a container here: ${lastLine(output).slice(0, 300)}`,
      `Try by hand: ${name} run --rm ${image} node --version`,
    )
  } finally {
    await attempt([name, 'rm', '--force', container])
  }
}

/** What a container has beside its image. */
export interface Given {
  /** `name:path` and `path:options`. */
  readonly volumes?: readonly string[]
  readonly tmpfs?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** Runs a program in a fresh container of the image, as locked up as compose does it, and resolves to how it ended. */
export async function runLocked(
  { name }: Engine,
  image: string,
  command: readonly [entrypoint: string, ...args: string[]],
  signal: AbortSignal,
  { volumes = [], tmpfs = [], env = {} }: Given = {},
): Promise<Ended> {
  const [entrypoint, ...args] = command
  const container = containerName()
  const locked = ['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--network', 'none']
  const given = [
    ...volumes.flatMap((volume) => ['--volume', volume]),
    ...tmpfs.flatMap((mount) => ['--tmpfs', mount]),
    ...Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
  ]
  try {
    return await attempt(
      [name, 'run', '--name', container, ...locked, ...given, '--entrypoint', entrypoint, image, ...args],
      { signal },
    )
  } finally {
    // Not by `--rm`: with it docker reports 0 for whatever ended when podman stands behind its socket.
    await attempt([name, 'rm', '--force', container])
  }
}

function containerName(): string {
  return `tributary-system-${randomUUID().slice(0, 8)}`
}
