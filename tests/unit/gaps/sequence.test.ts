/** Numbers that an upstream counts with: what is missing, what is repeated, what is neither. */
import { describe, expect, it } from '@jest/globals'
import type { Event } from '../../../app/events.ts'
import type { Gap } from '../../../app/gaps/record.ts'
import { type SequencePaths, SequenceWatch } from '../../../app/gaps/sequence.ts'
import { Clock, steadyNow } from '../../../app/lib/clock.ts'
import { parseExactly } from '../../../app/lib/lossless-json.ts'
import type { Document, SourceInfo } from '../../../app/model.ts'
import { message, source } from '../../support/messages.ts'

const a = source('ws://a/')
const b = source('ws://b/')

function watching({ most = 100, ...paths }: Partial<SequencePaths> & { most?: number } = {}) {
  const clock = new Clock()
  const gaps: Gap[] = []
  const said: string[] = []
  const watch = new SequenceWatch({ last: ['n'], ...paths }, most, clock, (event: Event) => {
    if (event.type === 'gap.ended') gaps.push(event)
    if (event.type === 'sequence.unwatched') said.push(event.why)
  })
  let now = 0
  const take = (document: Document, from: SourceInfo = a): void => watch.check(document, message('', from, ++now))
  const see = (numbers: readonly unknown[], from: SourceInfo = a): void => {
    for (const n of numbers) take({ n }, from)
  }
  return {
    clock,
    watch,
    gaps,
    said,
    see,
    take,
    ranges: () => gaps.map(({ sequence }) => [sequence?.from, sequence?.to]),
  }
}

describe('a gap between a message of an earlier process and one of this', () => {
  it('is as long as it was, though the times of the two are by different clocks', () => {
    const { clock, watch, gaps } = watching()
    const [now, hour] = [steadyNow(), 3_600_000]
    clock.saw('broker', [now - hour, now - hour], [now, now])
    watch.check({ n: 1 }, { ...message('', a, now - 1_000 - hour), isCorrected: true })
    watch.check({ n: 3 }, message('', a, now))
    expect(gaps).toMatchObject([{ beganAt: now - 1_000, endedAt: now }])
  })
})

const upTo = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i)

describe('a source that is gone', () => {
  it('leaves its room to others; what was joined is told, what still comes of it is not watched', () => {
    const { watch, gaps, said, see } = watching({ most: 1 })
    see(upTo(0, 30).map((n) => 2 * n))
    const before = gaps.length
    watch.forget(a)
    expect(gaps).toHaveLength(before + 1)
    see([100, 200])
    see([1, 2], b)
    expect(said).toEqual([])
    watch.flush()
    expect(gaps).toHaveLength(before + 1)
  })
})

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
      ['sequence', { from: 12, to: 14, by: undefined }, 2, 3, 2],
      ['sequence', { from: 17, to: 17, by: undefined }, 4, 5, 4],
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

  it('that cannot be read are not watched, and counted; each reason is said once', () => {
    const { watch, gaps, said, see } = watching()
    see([1, 2.5, null, undefined, -1, 1e19, 1e300, Number.NaN, [3], {}, true, 'x', '', '1.5', '9'.repeat(20), 2])
    expect([watch.missing, watch.repeated, gaps]).toEqual([0, 0, []])
    expect([watch.unwatched, said]).toEqual([{ absent: 2, unreadable: 12, too_many: 0 }, ['unreadable', 'absent']])
  })

  it('may be text', () => {
    const { watch, ranges, see } = watching()
    see(['1', ' 2 ', '0004', 5, '6.0', '7'])
    expect([watch.missing, watch.repeated, ranges()]).toEqual([1, 0, [[3, 3]]])
  })

  it('are exact up to 2^63 - 1, across 2^53 too', () => {
    const { watch, ranges, take } = watching()
    const see = (...texts: string[]): void => {
      for (const text of texts) take(parseExactly(`{"n":${text}}`) as Document)
    }
    see('9007199254740990', '9007199254740991', '9007199254740992', '9007199254740993', '"9007199254740994"')
    expect([watch.missing, watch.repeated]).toEqual([0, 0])
    see('9007199254740999', '9007199254740999', '9007199254740998')
    expect([watch.missing, watch.repeated, ranges()]).toEqual([4, 2, [[9007199254740995n, 9007199254740998n]]])
    see('9223372036854775806', '9223372036854775807', '9223372036854775808')
    expect(watch.unwatched.unreadable).toBe(1)
    expect(ranges()[1]).toEqual([9007199254741000n, 9223372036854775805n])
    see('1', '2')
    expect(watch.repeated).toBe(2)
  })

  it('that JSON would have rounded to 0 are not read as 0', () => {
    const { watch, take } = watching()
    for (const text of ['5', '1e-400', '6']) take(parseExactly(`{"n":${text}}`) as Document)
    expect([watch.missing, watch.repeated, watch.unwatched.unreadable]).toEqual([0, 0, 1])
  })

  it('are found by their path, as own properties only', () => {
    const { watch, take } = watching({ last: ['meta', 'constructor'] })
    take({})
    take({ meta: {} })
    take({ meta: { constructor: 4 } })
    take({ meta: { constructor: 6 } })
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

  it('that are joined lose nothing when the upstream begins anew in between', () => {
    const { watch, ranges, see } = watching()
    see(upTo(0, 12).map((n) => 5_000 + 2 * n))
    see([3, 6])
    watch.flush()
    expect(watch.missing).toBe(14)
    expect(ranges().at(-1)).toEqual([4, 5_023])
  })
})

describe('numbers of several sequences', () => {
  const by = ['s']

  it('are told apart by a field', () => {
    const { watch, gaps, take } = watching({ by })
    for (const [s, n] of [
      ['A', 1_000],
      ['B', 1_500],
      ['A', 1_001],
      ['B', 1_501],
      [7, 5],
      [true, 9],
      ['7', 6],
      ['A', 1_004],
    ])
      take({ s, n })
    expect([watch.missing, watch.repeated]).toEqual([2, 0])
    expect(gaps.map(({ sequence }) => sequence)).toEqual([{ from: 1_002, to: 1_003, by: 'A' }])
  })

  it('are those of a source each', () => {
    const { watch, take } = watching({ by })
    take({ s: 'A', n: 1 }, a)
    take({ s: 'A', n: 100 }, b)
    take({ s: 'A', n: 2 }, a)
    expect(watch.missing).toBe(0)
  })

  it('are not watched without a name, or with one that is too long', () => {
    const { watch, said, take } = watching({ by })
    for (const s of [undefined, null, {}, 'x'.repeat(257)]) take({ s, n: 1 })
    expect([watch.unwatched, said]).toEqual([{ absent: 2, unreadable: 2, too_many: 0 }, ['absent', 'unreadable']])
  })

  it('are bounded: those that are known go on, further ones are counted', () => {
    const { watch, said, take } = watching({ by, most: 3 })
    for (const n of upTo(1, 4))
      for (const s of ['A', 'B', 'C', 'D', 'E']) take({ s, n: s === 'C' && n > 2 ? n + 1 : n })
    expect([watch.missing, watch.repeated]).toEqual([1, 0])
    expect([watch.unwatched.too_many, said]).toEqual([8, ['too_many']])
  })

  it('with many holes are told a few times per source, and joined by sequence', () => {
    const { watch, gaps, take } = watching({ by })
    for (const n of upTo(0, 20)) for (const s of ['A', 'B']) take({ s, n: 10 * n })
    expect(gaps).toHaveLength(10)
    watch.flush()
    expect(gaps.slice(10).map(({ sequence }) => sequence)).toEqual([
      { from: 51, to: 199, by: 'A' },
      { from: 51, to: 199, by: 'B' },
    ])
    watch.flush()
    expect(gaps).toHaveLength(12)
  })
})

describe('documents that stand for several numbers', () => {
  const paths = { last: ['u'], first: ['U'] }

  it.each<[string, readonly (readonly [unknown, unknown])[], number, number, number]>([
    [
      'in order',
      [
        [157, 160],
        [161, 170],
        [171, 171],
      ],
      0,
      0,
      0,
    ],
    [
      'with a hole',
      [
        [157, 160],
        [161, 170],
        [175, 180],
      ],
      4,
      0,
      0,
    ],
    [
      'that overlap',
      [
        [157, 160],
        [159, 170],
        [171, 172],
      ],
      0,
      0,
      0,
    ],
    [
      'that come again',
      [
        [157, 160],
        [161, 170],
        [161, 170],
        [158, 165],
        [171, 172],
      ],
      0,
      2,
      0,
    ],
    [
      'that begin anew',
      [
        [5_000, 5_010],
        [1, 20],
        [21, 30],
      ],
      0,
      0,
      0,
    ],
    [
      'without a first number',
      [
        [157, 160],
        [undefined, 170],
        ['161', 170],
      ],
      0,
      0,
      1,
    ],
    [
      'that end before they begin',
      [
        [157, 160],
        [170, 161],
        [161, 170],
      ],
      0,
      0,
      1,
    ],
  ])('%s', (_, ranges, missing, repeated, unwatched) => {
    const { watch, take } = watching(paths)
    for (const [U, u] of ranges) take({ U, u })
    const { absent, unreadable } = watch.unwatched
    expect([watch.missing, watch.repeated, absent + unreadable]).toEqual([missing, repeated, unwatched])
  })
})
