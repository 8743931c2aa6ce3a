/** What the prose names exists: npm scripts, settings, metrics, files. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { readConfig } from '../../app/config/index.ts'
import { kinds } from '../../app/kinds.ts'
import { metricDefinitions } from '../../app/telemetry/definitions.ts'

const docs = readdirSync(new URL('../../docs', import.meta.url)).filter((name) => name.endsWith('.md'))
const atRoot = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'INVARIANTS.md', 'GOTCHAS.md']
const pages = [...atRoot, ...docs.map((name) => `docs/${name}`)]
const root = new URL('../../', import.meta.url)
const read = (page: string): string => readFileSync(new URL(page, root), 'utf8')
const all = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, found = '']) => found)

/** What `page` names and is not there. */
function missing(page: string, text = read(page)): string[] {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  const metrics = new Set(metricDefinitions.map(({ name }) => name))
  return [
    ...all(text, /npm run ([\w:-]+)/g).filter((script) => !(script in scripts)),
    ...all(text, /\b((?:tributary|kafka_producer)_[a-z_]+[a-z])\b(?!:)/g).filter(
      (name) => !metrics.has(name) && name !== 'kafka_producer',
    ),
    ...all(text, /\]\((?!https?:)([^)#]+)/g).filter((path) => !existsSync(new URL(path, new URL(page, root)))),
    ...all(text, /`((?:app|tests|scripts|docs)\/[\w./-]+)`/g).filter((path) => !existsSync(new URL(path, root))),
  ]
}

describe.each(pages)('%s', (page) => {
  it('names only npm scripts, metrics and files that exist', () => {
    expect(missing(page)).toEqual([])
  })
})

describe('docs/bounds.md', () => {
  const rows = read('docs/bounds.md')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (---|what )/.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()))

  it('names settings and tests that exist', () => {
    const tests = rows.flatMap(([, , , , cell = '']) => all(cell, /([\w./-]+\.test\.ts)/g))
    const files = readdirSync(new URL('tests', root), { recursive: true }).map((name) => `tests/${name}`)
    expect(tests.filter((test) => !files.some((file) => file.endsWith(test)))).toEqual([])
    const numbers = rows.flatMap(([, , , , cell = '']) => all(cell, /\b(\d\d)\b/g))
    expect(numbers.filter((number) => !files.some((file) => file.startsWith(`tests/faults/rows/${number}-`)))).toEqual(
      [],
    )
    const settings = all(read('docs/settings.md'), /`([A-Z][A-Z_<>]+)`/g)
    const named = rows.flatMap(([, , , cell = '']) => all(cell, /`([A-Z][A-Z_<>]+)`/g))
    expect(named.filter((name) => !settings.includes(name))).toEqual([])
  })
})

describe('README.md', () => {
  it('shows settings that the daemon takes as they stand', () => {
    const assignments = all(read('README.md'), /^((?:[A-Z][A-Z_]+=(?:'[^']*'|[^\s\\]+)\s*)+)/gm).flatMap((line) =>
      all(line, /([A-Z][A-Z_]+=(?:'[^']*'|[^\s\\]+))/g),
    )
    const env = Object.fromEntries(
      assignments.map((line) => [
        line.slice(0, line.indexOf('=')),
        line.slice(line.indexOf('=') + 1).replace(/^'|'$/g, ''),
      ]),
    )
    const { feeds, warnings } = readConfig(env, kinds)
    expect(feeds.map(({ name }) => name)).toEqual(['finnhub_trade', 'quotes'])
    expect(warnings).toEqual([])
  })
})

describe('this check', () => {
  it('finds what does not exist', () => {
    const text = 'npm run nothing, `tributary_nothing_total`, [x](nothing.md), `app/nothing.ts`'
    expect(missing('docs/page.md', text)).toEqual([
      'nothing',
      'tributary_nothing_total',
      'nothing.md',
      'app/nothing.ts',
    ])
    expect(missing('docs/page.md', '[x](settings.md)')).toEqual([])
  })
})
