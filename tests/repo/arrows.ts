/** The direction of imports: main → roots → kinds → story → events → errors → model; lib knows none of them. */
import { posix } from 'node:path'
import { importsOf, withoutComments } from './sources.ts'

/** Files that put the others together. A new one is added here, or it counts as part of the story. */
const ROOTS = [
  'daemon',
  'feed-parts',
  'feeds',
  'gap-states',
  'reload',
  'targets',
  'renewal',
  'gap-feed',
  'check',
  'redrive',
  'feed-steps',
  'kinds',
  'pages',
  'port-problem',
]
/** The command: loaded by the file that looks at the version of Node first. */
const MAIN = ['main', 'commands']
/** Only main may import these. */
const MAIN_ONLY = [...MAIN, 'daemon', 'check']
const KINDS = [
  'config',
  'dial',
  'encode',
  'http',
  'lane',
  'normalise',
  'parse',
  'presets',
  'produce',
  'replaces',
  'route',
  'telemetry',
]
const NOUNS = ['model', 'errors', 'settings', 'events']

const LEVELS = ['model', 'errors', 'settings', 'events', 'story', 'kind', 'root', 'main'] as const
type Level = (typeof LEVELS)[number] | 'lib'

/** What a file of app/ belongs to: its folder, or its own name at the top. */
function unitOf(path: string): string {
  const [, first = ''] = path.split('/')
  return first.replace(/\.ts$/, '')
}

function levelOf(unit: string): Level {
  if (unit === 'lib') return unit
  if (MAIN.includes(unit)) return 'main'
  if (NOUNS.includes(unit)) return unit as Level
  if (ROOTS.includes(unit)) return 'root'
  return KINDS.includes(unit) ? 'kind' : 'story'
}

/** Imports among `files` (path from the root → source) that go against the arrows, as "from → to". */
export function againstTheArrows(files: ReadonlyMap<string, string>): string[] {
  return [...files].flatMap(([from, source]) =>
    importsOf(source)
      .filter(({ specifier }) => specifier.startsWith('.'))
      .map(({ specifier, typeOnly }) => ({ to: posix.join(posix.dirname(from), specifier), typeOnly }))
      .filter(({ to, typeOnly }) => !allowed(from, to, typeOnly))
      .map(({ to }) => `${from} → ${to}`),
  )
}

function allowed(from: string, to: string, typeOnly: boolean): boolean {
  if (!to.startsWith('app/')) return false
  const [own, other] = [unitOf(from), unitOf(to)]
  const [low, high] = [levelOf(own), levelOf(other)]
  if (own === other || low === 'main') return true
  if (high === 'lib') return low !== 'model'
  if (low === 'lib' || MAIN_ONLY.includes(other)) return false
  // The nouns of the configuration: types that a kind may take as its options.
  if (to === 'app/config/types.ts' && typeOnly) return low === 'kind' || low === 'root'
  if (low === high) return low === 'story' || low === 'root'
  return LEVELS.indexOf(high) < LEVELS.indexOf(low)
}

/** Third-party packages with more than one importing file, with those files. */
export function sharedPackages(files: ReadonlyMap<string, string>): string[] {
  const importers = new Map<string, Set<string>>()
  for (const [path, source] of files) {
    for (const { specifier } of importsOf(source)) {
      if (/^(\.|node:)/.test(specifier)) continue
      const name = specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/')
      importers.set(name, (importers.get(name) ?? new Set()).add(path))
    }
  }
  return [...importers]
    .filter(([, paths]) => paths.size > 1)
    .map(([name, paths]) => `${name}: ${[...paths].join(', ')}`)
}

/** Files other than main that reach for the environment of the process. */
export function environmentReaders(files: ReadonlyMap<string, string>): string[] {
  const readers = [...files].filter(([, source]) =>
    /\bprocess\s*(\?\.|\.|\[['"])\s*env\b|['"](node:)?process['"]/.test(withoutComments(source)),
  )
  return readers.map(([path]) => path).filter((path) => path !== 'app/main.ts')
}
