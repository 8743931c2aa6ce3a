/** The container engine of this machine, docker or podman, and images in it. */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { NotRun } from './check.ts'
import { attempt, type Ended, lastLine, run, works } from './command.ts'

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

/** Builds the Dockerfile under `tag`. Throws `NotRun` when its base image cannot be had. */
export async function buildImage(engine: Engine, tag: string, pull: boolean, signal: AbortSignal): Promise<void> {
  const base = process.env.NODE_IMAGE
  await needImage(engine, base ?? 'node:24-bookworm-slim', pull, signal)
  // The OCI format, podman's default, has no HEALTHCHECK.
  const format = engine.name === 'podman' ? ['--format', 'docker'] : []
  const from = base ? ['--build-arg', `NODE_IMAGE=${base}`] : []
  await run([engine.name, 'build', ...format, ...from, '--tag', tag, ROOT], { signal, timeoutMs: BUILD_MS })
}

/** Runs a program in a fresh container of the image, as locked up as compose does it, and resolves to how it ended. */
export async function runLocked(
  { name }: Engine,
  image: string,
  command: readonly [entrypoint: string, ...args: string[]],
  signal: AbortSignal,
): Promise<Ended> {
  const [entrypoint, ...args] = command
  const container = `tributary-system-${randomUUID().slice(0, 8)}`
  const locked = ['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--network', 'none']
  try {
    return await attempt([name, 'run', '--name', container, ...locked, '--entrypoint', entrypoint, image, ...args], {
      signal,
    })
  } finally {
    // Not by `--rm`: with it docker reports 0 for whatever ended when podman stands behind its socket.
    await attempt([name, 'rm', '--force', container])
  }
}
