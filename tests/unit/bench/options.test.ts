/** What the command line asks for. */
import { describe, expect, it } from '@jest/globals'
import { benchOptions } from '../../../scripts/bench/options.ts'

function entry(...argv: string[]) {
  const [section] = benchOptions(argv).sections
  const [first] = section?.entries ?? []
  if (!first) throw new Error('no entry')
  return first
}

describe('the options of the bench', () => {
  it('ask for the matrix when they describe no load, its counts scaled', () => {
    const whole = benchOptions(['--write'])
    expect(whole).toMatchObject({ write: true, profile: false, against: false })
    const loads = whole.sections.flatMap(({ entries }) => entries.map(({ load }) => load))
    expect(new Set(loads.map(({ shape }) => shape))).toEqual(new Set(['small', 'credential', 'coerced']))
    expect(new Set(loads.map(({ urls }) => urls))).toEqual(new Set([1, 8, 64, 1_000, 10_000]))
    expect(new Set(loads.map(({ partitions }) => partitions))).toEqual(new Set([1, 64]))
    expect(new Set(loads.map(({ rate }) => rate))).toEqual(new Set([undefined, 1_000, 20_000]))
    const [first] = benchOptions(['--scale', '0.5']).sections
    expect(first?.entries[0]?.load.count).toBe((loads[0]?.count ?? 0) / 2)
    expect(new Set(whole.sections.map(({ id }) => id)).size).toBe(whole.sections.length)
  })

  it('describe a load of its own', () => {
    expect(entry('--shape', 'credential', '--urls', '1', '--partitions', '64', '--one-per-write').load).toEqual({
      shape: 'credential',
      count: 300_000,
      warmUp: 0,
      urls: 1,
      partitions: 64,
      onePerWrite: true,
      watched: false,
    })
    expect(entry('--rate', '1000').load).toMatchObject({ rate: 1_000, count: 8_000, warmUp: 40_000 })
    expect(entry('--rate', '1000', '--count', '5', '--warm-up', '0').load).toMatchObject({ count: 5, warmUp: 0 })
    expect(entry('--contenders', 'kafkajs, platformatic', '--rounds', '9')).toMatchObject({
      rounds: 9,
      contenders: ['kafkajs', 'platformatic'],
    })
  })

  it('leave daemons alone in the matrix, or instead of a load', () => {
    expect(benchOptions([]).idle).toMatchObject({ urls: 10_000, contenders: ['platformatic:disk'] })
    expect(benchOptions(['--urls', '8']).idle).toBeUndefined()
    const { idle, sections } = benchOptions(['--idle', '--urls', '50', '--contenders', 'kafkajs'])
    expect([idle?.urls, idle?.contenders, sections]).toEqual([50, ['kafkajs'], []])
  })

  it('set a contender against its earlier build', () => {
    expect(benchOptions(['--against', 'HEAD~1']).against).toBe(true)
    expect(entry('--against', 'v1')).toMatchObject({ contenders: ['platformatic:disk', 'platformatic:disk@v1'] })
    expect(entry('--against', 'v1', '--contenders', 'kafkajs').contenders).toEqual(['kafkajs', 'kafkajs@v1'])
  })

  it.each([
    [['--shape', 'round'], 'shape'],
    [['--against', 'v1', '--contenders', 'kafkajs,platformatic'], 'against'],
    [['--against', 'v1', '--contenders', 'kafkajs@v2'], 'against'],
    [['--scale', '0'], 'scale'],
    [['--scale', '1', '--urls', '1'], 'scale'],
    [['--assert-ratio', 'x'], 'assert-ratio'],
    [['--count', '1.5'], 'count'],
    [['--urls', '90001'], 'urls'],
  ])('refuse %j', (argv, named) => {
    expect(() => benchOptions(argv)).toThrow(`--${named}`)
  })

  it('keep what stands behind the first = of a setting', () => {
    expect(benchOptions(['--set', 'A=1,B=x=y']).settings).toEqual({ A: '1', B: 'x=y' })
  })
})
