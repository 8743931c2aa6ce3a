/** Check: the image is built for real, holds what it should and nothing else, and runs locked up. */
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { nodeOptions } from '../lib/node-options.ts'
import { type Check, type Context, expect } from './check.ts'
import { attempt, run } from './command.ts'
import { buildImage, type Engine, findEngine, ROOT, runLocked } from './engine.ts'
import { developmentPackages } from './packages.ts'

/** An image and the engine that has it. */
export interface Image {
  readonly engine: Engine
  readonly tag: string
  /** Removes the image if it was built for this run. */
  discard(): Promise<void>
}

interface ImageConfig {
  readonly User?: string
  readonly StopSignal?: string
  readonly Entrypoint?: readonly string[]
}

/** The image to look at: the one that was given, or one built now. Throws `NotRun` without an engine or a base image. */
export async function openImage({ image, pull, signal }: Context): Promise<Image> {
  const engine = await findEngine()
  if (image !== undefined) return { engine, tag: image, discard: async () => {} }
  const tag = `localhost/tributary-system:${randomUUID().slice(0, 8)}`
  await buildImage(engine, tag, pull, signal)
  return { engine, tag, discard: async () => void (await run([engine.name, 'rmi', tag])) }
}

export const image: Check = {
  help: 'builds the Dockerfile and runs what is in it: not root, read-only, without development packages',
  async run(context) {
    const made = await openImage(context)
    try {
      context.seen(context.image === undefined ? `built with ${made.engine.name}` : `${made.tag}, built elsewhere`)
      await inspect(made, context)
      await tryOut(made, context)
    } finally {
      await made.discard()
    }
  },
}

async function inspect({ engine, tag }: Image, { seen, signal }: Context): Promise<void> {
  const [{ Config: config }] = JSON.parse(await run([engine.name, 'image', 'inspect', tag], { signal })) as [
    { Config: ImageConfig },
  ]
  expect(/^[1-9]\d*:\d+$/.test(config.User ?? ''), `the user should be a number other than 0, not ${config.User}`)
  const entrypoint = JSON.stringify(config.Entrypoint)
  expect(entrypoint === JSON.stringify(['node', ...nodeOptions, 'dist/main.js']), `the entry point is ${entrypoint}`)
  expect(/^(SIGTERM|15)$/.test(config.StopSignal ?? ''), `the stop signal is ${config.StopSignal}`)
  seen(`user ${config.User}, exec form, SIGTERM`)
}

async function tryOut({ engine, tag }: Image, { seen, signal }: Context): Promise<void> {
  const node = (...args: string[]) => runLocked(engine, tag, ['node', ...args], signal)
  const version = await node('dist/main.js', '--version')
  expect(/^tributary \d/.test(version.stdout), `--version said: ${version.output}`)
  const unconfigured = await node('dist/main.js')
  expect(unconfigured.code === 78, `without configuration it ended with ${unconfigured.code}: ${unconfigured.output}`)
  const health = await node('scripts/healthcheck.ts')
  expect(
    health.code === 1 && health.output.includes('REFUSED'),
    `without a daemon the health check said: ${health.output}`,
  )
  for (const script of ['initialise', 'synthesise']) {
    const help = await node(`scripts/${script}/main.ts`, '--help')
    expect(help.code === 0 && help.stdout.includes('Usage:'), `${script} --help said: ${help.output}`)
    expect(help.output === help.stdout, `${script} warns: ${help.output}`)
  }
  seen('runs with a read-only root, no capabilities and no network; initialise and synthesise too')
  await useLanes(engine, tag, signal)
  seen('lanes on disk: a volume is its own, and a directory of root is refused with the cure')
  const listing = await node('-p', LISTING)
  const packages = listing.stdout.trim().split(',')
  const development = developmentPackages(await readFile(join(ROOT, 'package-lock.json'), 'utf8'))
  const needless = packages.filter((name) => development.has(name))
  expect(packages.includes('ws') && needless.length === 0, `node_modules has ${needless.join() || listing.output}`)
  seen(`${packages.length} packages, none for development`)
}

/** Names of the packages, those with a scope too. */
const LISTING = `fs.readdirSync('node_modules').flatMap((name) =>
  name.startsWith('@') ? fs.readdirSync('node_modules/' + name).map((own) => name + '/' + own) : name).join()`

const LANES = '/var/lib/tributary'
/** Nothing of it is reached, because the directory comes first. */
const DAEMON = {
  BOOTSTRAP_SERVERS: '127.0.0.1:9',
  SCHEMA_REGISTRY_URL: 'http://127.0.0.1:9',
  FEED_A_URLS: 'ws://127.0.0.1:9',
  FEED_A_SCHEMA: 'a',
  LANE_DIR: LANES,
}

async function useLanes(engine: Engine, tag: string, signal: AbortSignal): Promise<void> {
  const writes = ['node', '-e', `fs.writeFileSync('${LANES}/probe', '')`] as const
  const volume = `tributary-system-${randomUUID().slice(0, 8)}`
  try {
    const written = await runLocked(engine, tag, writes, signal, { volumes: [`${volume}:${LANES}`] })
    expect(written.code === 0, `into a volume at ${LANES} it cannot write: ${written.output}`)
  } finally {
    await attempt([engine.name, 'volume', 'rm', '--force', volume])
  }
  const theirs = { volumes: [], tmpfs: [`${LANES}:rw,mode=0755`], env: DAEMON }
  const refused = await runLocked(engine, tag, ['node', 'dist/main.js'], signal, theirs)
  const isSaid = refused.output.includes('(EACCES); this process is user 1000:1000') && refused.output.includes('chown')
  expect(refused.code === 69 && isSaid, `with a directory of root it ended with ${refused.code}: ${refused.output}`)
}
