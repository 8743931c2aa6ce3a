/** A copy of this repository with one kind more in each registry: one file and one line each, and nothing else. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const COPIED = ['app', 'scripts', 'tests', 'schemas', 'package.json', 'jest.config.js', 'tsconfig.json', 'LICENSE']

/** Folder of app/, registry, the function that declares an entry, traits, and what the fake does: the work of a kind that is there. */
const KINDS = [
  [
    'dial',
    'sources',
    'source',
    '',
    "import { websocket } from './websocket.ts'\nexport const made = (options: Parameters<typeof websocket>[0]) => websocket(options)",
    '(_, ground) => made({ ...PLAIN, ...ground })',
  ],
  ['parse', 'parsers', 'parser', '', "export { json as made } from './json.ts'", '() => made()'],
  [
    'normalise',
    'normalisers',
    'normaliser',
    '',
    "import type { Document } from '../model.ts'\nexport const made = (document: Document) => document",
    '() => made',
  ],
  [
    'route',
    'routers',
    'router',
    '',
    "export { bySchema as made } from './by-schema.ts'",
    "(_, { schema }) => made({ schema, key: { kind: 'source' } })",
  ],
  [
    'encode',
    'encoders',
    'encoder',
    "needs: ['registry'],",
    "export { avro as made } from './avro.ts'",
    '(_, ground) => made(ground)',
  ],
  [
    'lane',
    'lanes',
    'lane',
    'maxBytes: 1048576,',
    "export { memoryLane as made } from './memory.ts'",
    '(_, ground) => made(ground)',
  ],
  [
    'produce',
    'sinks',
    'sink',
    'needs: [], connects: false,',
    "import { lineSink } from './stdout.ts'\nimport { Writable } from 'node:stream'\nexport const made = () => lineSink(new Writable({ write: (_chunk, _encoding, done) => done() }))",
    '() => made()',
  ],
] as const

const PLAIN = `{ headers: async () => ({}), openMessages: async () => [], maxMessageBytes: 1048576, pingIntervalMs: 0, silenceTimeoutMs: undefined, alive: [], compression: false }`

/** The registries with a fake, each with the setting that it declares. */
export const fakes = KINDS.map(([folder, registry]) => ({
  folder,
  registry,
  setting: `FAKE_${registry.toUpperCase()}`,
}))

/** Copies the repository, and adds a fake to every registry. `run` runs Node there; `lines` says how many lines were added to files that are there. */
export function withFakeKinds() {
  const root = mkdtempSync(join(tmpdir(), 'tributary-kinds-'))
  for (const name of COPIED) cpSync(join(ROOT, name), join(root, name), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'))
  for (const [folder, registry, declare, traits, code, make] of KINDS) {
    const setting = `FAKE_${registry.toUpperCase()}`
    writeFileSync(join(root, 'app', folder, 'fake.ts'), `/** A fake. */\n${code}\n`)
    const settings = `{ ${setting}: { group: 'Fakes', format: fakeText('a word'), help: 'A word.', default: 'x', example: 'y' } }`
    const load = `async () => { const { made } = await import('./fake.ts'); return ${make.replace('PLAIN', PLAIN)} }`
    const line = `fake: ${declare}({ help: 'a fake', ${traits} settings: ${settings}, load: ${load} }),`
    const index = join(root, 'app', folder, 'index.ts')
    const source = readFileSync(index, 'utf8')
    const place = `export const ${registry} = {`
    if (!source.includes(place)) throw new Error(`no registry in ${index}`)
    const withFake = source.replace(place, `${place} ${line}`)
    writeFileSync(index, `${withFake}\nimport { text as fakeText } from '../settings/formats/basic.ts'\n`)
  }
  return {
    root,
    run(...args: readonly string[]): {
      readonly status: number | null
      readonly stdout: string
      readonly stderr: string
    } {
      const options = { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 ** 2, timeout: 240_000 } as const
      return spawnSync(process.execPath, args, options)
    },
    close: () => rmSync(root, { recursive: true, force: true }),
  }
}
