/** What docker compose itself makes of files that are written for it: one of settings, and the lines to paste in the README. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { quoted } from '../generate/sample-env.ts'
import { expect } from './check.ts'
import { run } from './command.ts'
import type { ComposeModel } from './compose-contract.ts'
import { ROOT } from './engine.ts'

/** What tends to be read in more than one way. */
const AWKWARD = [
  '{"a":["b c"]}',
  'a #b',
  '#',
  '$HOME $(id)',
  'a\\nb "c"',
  '  both ends  ',
  '* ? ! ; & < > ( )',
  'grüße ✓',
  '',
]

type Compose = readonly [program: string, ...args: string[]] | readonly string[]

/** Throws unless values that are quoted as those of sample.env reach a container as they are. */
export function expectEnvFile(compose: Compose, signal: AbortSignal): Promise<void> {
  return inFolder(async (folder) => {
    const lines = AWKWARD.map((value, at) => `VALUE_${at}=${quoted(value)}`)
    await writeFile(join(folder, 'settings.env'), `${lines.join('\n')}\n`)
    await writeFile(join(folder, 'compose.yml'), 'services: { one: { image: none, env_file: [settings.env] } }\n')
    const { environment = {} } = (await config(compose, folder, signal)).services.one ?? {}
    for (const [at, value] of AWKWARD.entries()) {
      // `config` writes $ so that compose would read it back.
      const read = environment[`VALUE_${at}`]?.replaceAll('$$', '$')
      expect(read === value, `of ${lines[at]} compose reads ${read}`)
    }
  })
}

/** Throws unless the lines that the README gives for an existing compose file join its network and keep the lanes. */
export function expectSnippet(compose: Compose, signal: AbortSignal): Promise<void> {
  return inFolder(async (folder) => {
    const readme = await readFile(join(ROOT, 'README.md'), 'utf8')
    const snippet = [...readme.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, yaml = '']) => yaml)[0] ?? ''
    await writeFile(join(folder, 'compose.yml'), snippet)
    await writeFile(join(folder, '.env'), '')
    const { services, networks } = await config(compose, folder, signal)
    const { restart, volumes = [] } = services.kafka_producer ?? {}
    const joined = networks.veramo_network?.external === true
    const kept = volumes.some(({ target }) => target === '/var/lib/tributary')
    expect(joined && kept && restart === 'on-failure:5', `the lines in the README say ${JSON.stringify(services)}`)
  })
}

async function config(compose: Compose, folder: string, signal: AbortSignal): Promise<ComposeModel> {
  const text = await run(
    [...compose, '--project-directory', folder, '--file', join(folder, 'compose.yml'), 'config', '--format', 'json'],
    { signal },
  )
  return JSON.parse(text) as ComposeModel
}

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-compose-'))
  try {
    await use(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}
