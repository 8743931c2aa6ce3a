/** Files stay small: none over 250 lines, and the median below 100. */
import { describe, expect, it } from '@jest/globals'
import { sources } from './sources.ts'

const LONGEST = 250
const MEDIAN = 100

const files = sources('app', 'scripts')

function lines(source: string): number {
  return source.replace(/\n$/, '').split('\n').length
}

function tooLong(all: ReadonlyMap<string, string>): string[] {
  return [...all].filter(([, source]) => lines(source) > LONGEST).map(([path, source]) => `${path}: ${lines(source)}`)
}

function median(all: ReadonlyMap<string, string>): number {
  const sorted = [...all.values()].map(lines).sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

describe('the files of app and scripts', () => {
  it('are at most 250 lines long', () => {
    expect(files.size).toBeGreaterThan(50)
    expect(tooLong(files)).toEqual([])
  })

  it('are shorter than 100 lines in the median', () => {
    expect(median(files)).toBeLessThan(MEDIAN)
  })

  it('begin with a comment that says what they are', () => {
    const bare = [...files].filter(([, source]) => !/^(#!.*\n)?(\/\*|\/\/)/.test(source))
    expect(bare.map(([path]) => path)).toEqual([])
  })

  it('would be found if they were longer', () => {
    const text = (count: number) => 'x\n'.repeat(count)
    const made = new Map([
      ['a.ts', text(250)],
      ['b.ts', text(251)],
      ['c.ts', text(3)],
    ])
    expect(tooLong(made)).toEqual(['b.ts: 251'])
    expect(median(made)).toBe(250)
  })
})
