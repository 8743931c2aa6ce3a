/** docs/messages.md names only settings that exist, and declares each message once. */
import { describe, expect, it } from '@jest/globals'
import { describeSettings, readConfig } from '../../app/config/index.ts'
import { ConfigError } from '../../app/errors.ts'
import { ends, exitCodes } from '../../app/exit-codes.ts'
import { kinds } from '../../app/kinds.ts'
import { logMessages } from '../../app/telemetry/lines.ts'
import { configurationProblems, laneProblems } from '../../app/telemetry/problems.ts'
import { sources, text } from './sources.ts'

const page = text('docs/messages.md')
const settings = new Set([...text('docs/settings.md').matchAll(/`([A-Z][A-Z_<>]+)`/g)].map(([, name]) => name))

/** Settings that `of` names and docs/settings.md does not. */
function unknown(of: string): string[] {
  const spans = [...of.matchAll(/`([^`]+)`/g)].map(([, span = '']) => span)
  const named = spans.flatMap((span) => span.match(/\b(?:FEED_<NAME>|[A-Z]+)_[A-Z_]*[A-Z](?![A-Z_…<])/g) ?? [])
  return named.filter(
    (name) =>
      ![name, name.replace(/_FILE$/, ''), `FEED_<NAME>_${name.replace(/_FILE$/, '')}`].some((one) => settings.has(one)),
  )
}

describe('docs/messages.md', () => {
  it('names only settings that exist', () => {
    expect(settings.size).toBeGreaterThan(50)
    expect(unknown(page)).toEqual([])
    expect(unknown('`FEED_<NAME>_SILENT_TIMEOUT` and `LANE_FOLDER`')).toEqual([
      'FEED_<NAME>_SILENT_TIMEOUT',
      'LANE_FOLDER',
    ])
  })

  it('has each message once', () => {
    const texts = Object.values(logMessages).flatMap((messages) =>
      messages.map(({ level, text }) => `${level} ${text}`),
    )
    expect(texts.length).toBeGreaterThan(40)
    expect(new Set(texts).size).toBe(texts.length)
  })

  it('has every exit code', () => {
    expect(ends.map(({ code }) => code)).toEqual(expect.arrayContaining(Object.values(exitCodes)))
  })
})

/** Whether `found` has the form of one of the texts: `<…>` is anything, and more may follow. */
function hasForm(forms: readonly { readonly text: string }[], found: string): boolean {
  return forms.some(({ text }) => {
    const parts = text
      .replace(/ ?…$/, '')
      .replace(/; it is <value>$/, '')
      .split(/<[^>]*>/)
    return new RegExp(`^${parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.+')}`, 's').test(
      found,
    )
  })
}

describe('the forms of problems', () => {
  const base = {
    BOOTSTRAP_SERVERS: 'k:9092',
    SCHEMA_REGISTRY_URL: 'http://r',
    FEED_T_URLS: 'ws://h/',
    FEED_T_SCHEMA: 'S',
  }
  const wrong = [
    '"x"',
    'no such value',
    '-1',
    '0',
    '1',
    '9'.repeat(30),
    '5 fortnights',
    '{',
    '["a"',
    'http://u@[::1/',
    'a,,b',
    'T',
  ]

  /** Problems and warnings of a configuration. */
  function problemsOf(env: Readonly<Record<string, string>>): readonly { readonly text: string }[] {
    try {
      return readConfig(env, kinds).warnings
    } catch (error) {
      if (error instanceof ConfigError) return error.details
      throw error
    }
  }

  it('have a row for what is said of any setting with a wrong value, a missing file, or none', () => {
    const found = describeSettings(kinds).flatMap(({ name }) => {
      const variable = name.replace('<NAME>', 'T')
      const environments = [
        ...wrong.map((value) => ({ ...base, [variable]: value })),
        { ...base, [`${variable}_FILE`]: '/nowhere' },
        { ...base, [variable]: '1', [`${variable}_FILE`]: '/dev/null' },
        { ...base, [variable]: '' },
        { ...base, [`${variable}X`]: '1' },
      ]
      return environments.flatMap((env) => problemsOf(env).map(({ text }) => text))
    })
    expect(found.length).toBeGreaterThan(500)
    expect([...new Set(found)].filter((one) => !hasForm(configurationProblems, one))).toEqual([])
    expect(hasForm(configurationProblems, 'LANE_DIR is blue')).toBe(false)
  })

  it('have a row for each text that makes a lane unusable', () => {
    const found = [...sources('app/lane')].flatMap(([, source]) =>
      [...source.matchAll(/new Unusable\(\s*(['`])([^\n]*?)\1[,)]/g)].map(([, , said = '']) => said),
    )
    expect(found.length).toBeGreaterThan(15)
    const whole = 'the lane of feed $'
    expect(found.filter((one) => !one.startsWith(whole) && !hasForm(laneProblems, one))).toEqual([])
  })
})
