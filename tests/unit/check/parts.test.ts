/** What the check is made of: one cause said once, aligned lines, a bound on how much is under way. */
import { describe, expect, it } from '@jest/globals'
import { collapsed } from '../../../app/check/collapse.ts'
import { type Finding, groupLines } from '../../../app/check/finding.ts'
import { concurrencyLimit } from '../../../app/check/limit.ts'

const ok = (label: string): Finding => ({ label, verdict: 'ok', detail: 'there' })
const wrong = (label: string, detail = 'gone'): Finding => ({ label, verdict: 'wrong', detail, cure: 'look' })

describe('findings with one cause', () => {
  it('become one', () => {
    expect(collapsed([wrong('a'), wrong('b')], 'every one')).toEqual([wrong('every one')])
  })

  it.each([
    ['one alone', [wrong('a')]],
    ['different causes', [wrong('a'), wrong('b', 'other')]],
    ['one that is right', [wrong('a'), ok('b')]],
    ['a right one first', [ok('a'), wrong('b')]],
    ['all right', [ok('a'), ok('b')]],
    ['none', []],
  ])('stay as they are: %s', (_, findings) => {
    expect(collapsed(findings, 'every one')).toEqual(findings)
  })
})

describe('the lines of a group', () => {
  it('are aligned, each cure under what it cures', () => {
    expect(groupLines('things', [ok('a'), wrong('longer')])).toEqual([
      'things',
      '  ok     a       there',
      '  wrong  longer  gone',
      '         → look',
      '',
    ])
  })

  it('have no empty column where nothing is labelled', () => {
    expect(groupLines('things', [ok('')])).toEqual(['things', '  ok     there', ''])
  })
})

describe('a limit', () => {
  it('lets so many run at once, the others in order, and goes on after a failure', async () => {
    const limited = concurrencyLimit(2)
    const started: number[] = []
    const jobs = [0, 1, 2, 3].map(() => Promise.withResolvers<void>())
    const ends = jobs.map((job, i) =>
      limited(async () => {
        started.push(i)
        await job.promise
        return i
      }).catch(() => 'failed'),
    )
    await Promise.resolve()
    expect(started).toEqual([0, 1])
    jobs[1]?.reject(new Error('broken'))
    expect(await ends[1]).toBe('failed')
    jobs[2]?.resolve()
    expect(await ends[2]).toBe(2)
    expect(started).toEqual([0, 1, 2, 3])
    for (const job of jobs) job.resolve()
    expect(await Promise.all(ends)).toEqual([0, 'failed', 2, 3])
  })
})
