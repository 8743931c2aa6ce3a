/** INVARIANTS.md names tests that exist, GOTCHAS.md and docs/glossary.md files that exist. */
import { existsSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { text } from './sources.ts'

const root = new URL('../../', import.meta.url)

/** Guards in a page, as path and name of a test. */
function guards(page: string): [path: string, name: string][] {
  return [...page.matchAll(/^ {2}Test: `(tests\/[\w./-]+)` "(.+)"$/gm)].map(([, path = '', name = '']) => [path, name])
}

/** Entries of a list that begin with bold text. */
function entries(page: string): string[] {
  return page.split(/^- (?=\*\*)/m).slice(1)
}

/** Whether a test of this name is declared in the file. */
function isDeclared(path: string, name: string): boolean {
  if (!existsSync(new URL(path, root))) return false
  const source = text(path)
  // First argument of a call, on its line or on the next.
  return ["'", '"', '`'].some((quote) => source.replace(/\(\n\s*/g, '(').includes(`(${quote}${name}${quote},`))
}

/** Paths in backticks. */
function files(page: string): string[] {
  return [...page.matchAll(/`((?:app|scripts|tests|schemas)\/[\w./-]+)`/g)].map(([, path = '']) => path)
}

const exists = (path: string): boolean => existsSync(new URL(path, root))

describe('INVARIANTS.md', () => {
  const page = text('INVARIANTS.md')

  it('names a guard for each invariant', () => {
    expect(entries(page).length).toBeGreaterThan(30)
    expect(entries(page).filter((entry) => guards(entry).length === 0)).toEqual([])
  })

  it('names tests that exist', () => {
    expect(guards(page).filter(([path, name]) => !isDeclared(path, name))).toEqual([])
  })

  it('would not do with a test that is not there', () => {
    expect(guards('- **A.**\n  Test: `tests/repo/none.test.ts` "is"\n')).toEqual([['tests/repo/none.test.ts', 'is']])
    expect(isDeclared('tests/repo/none.test.ts', 'is')).toBe(false)
    expect(isDeclared('tests/repo/invariants.test.ts', 'names a test that is not there')).toBe(false)
    expect(isDeclared('tests/repo/invariants.test.ts', 'names tests that exist')).toBe(true)
  })
})

describe.each([
  ['GOTCHAS.md', 25],
  ['docs/glossary.md', 20],
])('%s', (name, least) => {
  const page = text(name)

  it('names a file for each entry, and only files that exist', () => {
    const rows = page.split('\n').filter((line) => /^\| (?!---|what |word )/.test(line))
    expect(rows.length).toBeGreaterThanOrEqual(least)
    expect(rows.filter((row) => files(row).length === 0)).toEqual([])
    expect(files(page).filter((path) => !exists(path))).toEqual([])
  })
})
