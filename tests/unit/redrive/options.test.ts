import { describe, expect, it } from '@jest/globals'
import { ConfigError } from '../../../app/errors.ts'
import { redriveOptions } from '../../../app/redrive/options.ts'

const NOW = Date.parse('2026-01-20T00:00:00Z')

function problems(...args: readonly string[]): readonly string[] {
  try {
    redriveOptions(args, NOW)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

describe('redriveOptions', () => {
  it('is a dry run over everything unless told otherwise', () => {
    expect(redriveOptions([], NOW)).toEqual({
      topics: [],
      feeds: new Set(),
      reasons: new Set(),
      since: undefined,
      until: undefined,
      whole: false,
      limit: Number.POSITIVE_INFINITY,
      go: false,
    })
  })

  it('takes lists, repeated or with commas', () => {
    const args = [
      '--feed',
      'Quotes,b',
      '--feed=c',
      '--reason',
      'encode',
      '--topic',
      'a.dead-letter',
      '--go',
      '--limit',
      '7',
    ]
    expect(redriveOptions(args, NOW)).toMatchObject({
      feeds: new Set(['quotes', 'b', 'c']),
      reasons: new Set(['encode']),
      topics: ['a.dead-letter'],
      go: true,
      limit: 7,
    })
  })

  it.each([
    ['2026-01-19T12:34:56.789Z', '2026-01-19T12:34:56.789Z'],
    ['2026-01-19T12:34:56', '2026-01-19T12:34:56Z'],
    ['2026-01-19T12:34+02:00', '2026-01-19T10:34:00Z'],
    ['2026-01-19', '2026-01-19T00:00:00Z'],
    ['2h', '2026-01-19T22:00:00Z'],
    ['30d', '2025-12-21T00:00:00Z'],
    ['90m', '2026-01-19T22:30:00Z'],
  ])('understands the time %s', (given, meant) => {
    const { since, until } = redriveOptions(['--since', given, '--until', given], NOW)
    expect([since, until]).toEqual([Date.parse(meant), Date.parse(meant)])
  })

  it.each([
    [['--since', 'yesterday'], '--since must be a time'],
    [['--until', '2026-13-01'], '--until must be a time'],
    [['--since', '5'], '--since must be a time'],
    [['--since', '1h', '--until', '2h'], '--since must not be later than --until'],
    [['--limit', '0'], '--limit must be a whole number'],
    [['--limit', '1.5'], '--limit must be a whole number'],
    [['--feed', ''], '--feed is empty'],
    [['--reason', ','], '--reason is empty'],
    [['--gp'], "Unknown option '--gp'"],
    [['quotes'], 'Unexpected argument'],
  ])('refuses %j', (args, problem) => {
    expect(problems(...args)).toEqual([expect.stringContaining(problem)])
  })
})
