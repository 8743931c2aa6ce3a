/** The generated files are current, and sample.env can be used as it is. */
import { parseEnv } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import { describeSettings, readConfig } from '../../app/config/index.ts'
import { ConfigError } from '../../app/errors.ts'
import { kinds } from '../../app/kinds.ts'
import { pages } from '../../scripts/generate/pages.ts'
import { text } from './sources.ts'

const sample = text('sample.env')

/** The assignments of sample.env, each on its own. */
const assignments = [...sample.matchAll(/^# ([A-Z][A-Z0-9_]*=.*)$/gm)].map(([, assignment = '']) => assignment)

const nameOf = (assignment: string) => assignment.slice(0, assignment.indexOf('='))

/** The assignments under a comment that begins with "Required.", without their #. */
function required(): string {
  const entries = sample.split('\n\n').filter((entry) => entry.startsWith('# Required. '))
  return entries.map((entry) => entry.trim().split('\n').at(-1)?.replace(/^# /, '')).join('\n')
}

function problems(env: Record<string, string | undefined>): readonly string[] {
  try {
    readConfig(env, kinds)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

describe('a generated file', () => {
  it.each([...pages()])('%s is current', (path, expected) => {
    expect(text(path)).toBe(expected)
  })
})

describe('sample.env', () => {
  it('sets nothing as it is', () => {
    expect(parseEnv(sample)).toEqual({})
  })

  it('holds every setting once', () => {
    const settings = describeSettings(kinds).map(({ name }) => name.replace('<NAME>', 'TICKERS'))
    expect(assignments.map(nameOf)).toEqual(settings)
    expect(new Set(settings).size).toBe(settings.length)
  })

  it('is complete once its required lines count', () => {
    const env = parseEnv(required())
    expect(Object.keys(env)).toHaveLength(4)
    expect(problems(env)).toEqual([])
  })

  // A path of a file, or a setting that counts only together with others, cannot stand alone.
  const alone = assignments.filter((line) => !/^\w+(_FILE|_SASL_\w+|_CONFIG)=|=$/.test(line))
  it.each(alone)('has a good example in %s', (assignment) => {
    expect(problems({ ...parseEnv(required()), ...parseEnv(assignment) })).toEqual([])
  })
})
