/** Numbers that an upstream counts with: what is missing, what is repeated, what is neither. */
import { describe, expect, it } from '@jest/globals'
import type { Event } from '../../../app/events.ts'
import type { Gap } from '../../../app/gaps/record.ts'
import { SequenceWatch } from '../../../app/gaps/sequence.ts'
import type { SourceInfo } from '../../../app/model.ts'
import { message, source } from '../../support/messages.ts'

const a = source('ws://a/')
const b = source('ws://b/')

function watching(path = ['n']) {
  const gaps: Gap[] = []
  const watch = new SequenceWatch(path, (event: Event) => {
    if (event.type === 'gap.ended') gaps.push(event)
  })
  let now = 0
  const see = (numbers: readonly unknown[], from: SourceInfo = a): void => {
    for (const n of numbers) watch.check({ n }, message('', from, ++now))
  }
  return { watch, gaps, see, ranges: () => gaps.map(({ sequence }) => [sequence?.from, sequence?.to]) }
}

const upTo = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i)

describe('sequence numbers', () => {
  it('in order are fine, wherever they begin', () => {
    const { watch, gaps, see } = watching()
    see(upTo(500, 700))
    expect([watch.missing, watch.repeated, gaps]).toEqual([0, 0, []])
  })

  it('that are passed over are missing, with the times of their neighbours', () => {
    const { watch, gaps, see } = watching()
    see([10, 11, 15, 16, 18])
    expect(watch.missing).toBe(4)
    expect(
      gaps.map(({ sequence, beganAt, endedAt, lastMessageAt, reason }) => [
        reason,
        sequence,
        beganAt,
        endedAt,
        lastMessageAt,
      ]),
    ).toEqual([
      ['sequence', { from: 12, to: 14 }, 2, 3, 2],
      ['sequence', { from: 17, to: 17 }, 4, 5, 4],
    ])
  })

  it('that come again are repeated, and what follows is compared with the highest', () => {
    const { watch, ranges, see } = watching()
    see([100, 101, 102, 101, 102, 102, 103, 105])
    expect([watch.missing, watch.repeated, ranges()]).toEqual([1, 3, [[104, 104]]])
  })

  it.each([
    ['0', [5_000, 5_001, 0, 1, 2]],
    ['1', [2, 3, 1, 2, 3]],
    ['far below', [5_000, 5_001, 3_900, 3_901]],
    ['less than half', [500, 501, 7, 8]],
  ])('that begin anew at %s are neither', (_, numbers) => {
    const { watch, gaps, see } = watching()
    see(numbers)
    expect([watch.missing, watch.repeated, gaps]).toEqual([0, 0, []])
  })

  it('are counted per source', () => {
    const { watch, gaps, see } = watching()
    see([1, 2], a)
    see([900, 901], b)
    see([3], a)
    see([903], b)
    expect([watch.missing, gaps.map((gap) => gap.source)]).toEqual([1, [b]])
  })

  it('that are no whole numbers below 2^53 are passed over', () => {
    const { watch, gaps, see } = watching()
    see([1, '2', 2.5, null, undefined, -1, 2 ** 53, 1e300, Number.NaN, [3], true, 2])
    expect([watch.missing, watch.repeated, gaps]).toEqual([0, 0, []])
  })

  it('are found by their path, as own properties only', () => {
    const { watch } = watching(['meta', 'constructor'])
    watch.check({}, message('', a))
    watch.check({ meta: {} }, message('', a))
    watch.check({ meta: { constructor: 4 } }, message('', a))
    watch.check({ meta: { constructor: 6 } }, message('', a))
    expect(watch.missing).toBe(1)
  })

  it('with many holes are told a few times, the rest as one, and nothing of it is lost', () => {
    const { watch, ranges, see } = watching()
    see(upTo(0, 100).map((n) => 1_000 + 2 * n))
    expect(watch.missing).toBe(100)
    expect(ranges()).toEqual(upTo(0, 9).map((n) => [1_001 + 2 * n, 1_001 + 2 * n]))
    watch.flush()
    expect(ranges().slice(10)).toEqual([[1_021, 1_199]])
    watch.flush()
    see([1_202])
    expect(ranges().slice(11)).toEqual([[1_201, 1_201]])
  })
})
