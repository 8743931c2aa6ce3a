/** However many documents are refused, the log says which kinds, how many, and what share. */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import type { RejectReason } from '../../../app/errors.ts'
import { Refusals } from '../../../app/telemetry/refusals.ts'

beforeEach(() => {
  jest.useFakeTimers()
})
afterEach(() => {
  jest.useRealTimers()
})

function watching() {
  const found = new Map<string, number>()
  const lines: string[] = []
  const refusals = new Refusals(
    (feed) => found.get(feed) ?? 0,
    (text) => text.replace('s3cret', '***'),
    ([, text]) => lines.push(text),
  )
  const find = (feed: string, count: number) => found.set(feed, (found.get(feed) ?? 0) + count)
  /** Refuses `count` documents; how many of them are to be said by themselves. */
  const refuse = (feed: string, reason: RejectReason, count: number): number => {
    let news = 0
    for (let i = 0; i < count; i++) {
      find(feed, 1)
      const event = {
        type: 'document.refused',
        feed,
        sourceId: 's',
        reason,
        documents: 1,
        detail: `${reason} ${i}`,
        deadLetter: undefined,
      } as const
      if (refusals.isNews(event)) news++
    }
    return news
  }
  return { refusals, lines, find, refuse }
}

describe('refused documents', () => {
  it('are said once per feed and reason, then summed up a minute later, with their share', () => {
    const { lines, find, refuse } = watching()
    find('a', 1_000)
    expect([refuse('a', 'missing_field', 590), refuse('a', 'bad_value', 10), refuse('b', 'not_json', 3)]).toEqual([
      1, 1, 1,
    ])
    find('b', 997)
    expect(lines).toEqual([])
    jest.advanceTimersByTime(60_000)
    expect(lines).toEqual([
      'feed a: 600 of 600 documents of the last 60 s were refused (100 %): missing_field 590, bad_value 10; the last: bad_value 9',
      'feed b: 3 of 1000 documents of the last 60 s were refused (0.3 %): not_json 3; the last: not_json 2',
    ])
  })

  it('count as many as a message holds', () => {
    const { refusals, lines, find } = watching()
    const event = { type: 'document.refused', feed: 'a', sourceId: 's', deadLetter: undefined } as const
    for (const [reason, documents] of [
      ['bad_value', 400],
      ['bad_value', 500],
    ] as const) {
      find('a', 1_000)
      refusals.isNews({ ...event, reason, documents, detail: 'wrong' })
    }
    jest.advanceTimersByTime(60_000)
    expect(lines).toEqual([expect.stringContaining('900 of 1400 documents of the last 60 s were refused (64.3 %)')])
  })

  it('are no news in the minutes that follow, one summary each, and news again after a minute without', () => {
    const { lines, refuse } = watching()
    expect(refuse('a', 'not_json', 100)).toBe(1)
    for (let minute = 0; minute < 30; minute++) {
      jest.advanceTimersByTime(60_000)
      expect(refuse('a', 'not_json', 100)).toBe(0)
    }
    expect(lines).toHaveLength(30)
    jest.advanceTimersByTime(120_000)
    expect(lines).toHaveLength(31)
    expect(refuse('a', 'not_json', 1)).toBe(1)
  })

  it('are not summed up where each was said, and leave no timer when there are none', () => {
    const { lines, refuse } = watching()
    expect([refuse('a', 'not_json', 1), refuse('a', 'bad_value', 1)]).toEqual([1, 1])
    jest.advanceTimersByTime(180_000)
    expect([lines, jest.getTimerCount()]).toEqual([[], 0])
  })

  it('are summed up without secrets', () => {
    const { refusals, lines, refuse } = watching()
    refuse('a', 's3cret' as RejectReason, 2)
    refusals.flush()
    expect(lines[0]).toMatch(/the last: \*\*\* 1$/)
  })

  it('are summed up at the end', () => {
    const { refusals, lines, refuse } = watching()
    refuse('a', 'not_json', 5)
    jest.advanceTimersByTime(2_000)
    refusals.flush()
    expect(lines).toEqual([
      'feed a: 5 of 5 documents of the last 2 s were refused (100 %): not_json 5; the last: not_json 4',
    ])
    expect(jest.getTimerCount()).toBe(0)
  })
})
