/** Check: the image is built for real, holds what it should and nothing else, and runs locked up. */
import { randomUUID } from 'node:crypto'
import { nodeOptions } from '../lib/node-options.ts'
import { type Check, type Context, expect } from './check.ts'
import { run } from './command.ts'
import { buildImage, type Engine, findEngine, runLocked } from './engine.ts'

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
  const listing = await node('-p', "fs.readdirSync('node_modules').join()")
  const packages = listing.stdout.trim().split(',')
  const needless = packages.filter((name) => /^(typescript|jest|@?swc|@?biome|@types|@typescript|node|jose)/.test(name))
  expect(packages.includes('ws') && needless.length === 0, `node_modules has ${needless.join() || listing.output}`)
  seen(`${packages.length} packages, none for development`)
}
