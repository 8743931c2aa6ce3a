/** What becomes of a request that was refused for its records: any number of record errors, in any order. */
import { describe, expect, it } from '@jest/globals'
import { Unavailable } from '../../../app/errors.ts'
import type { KafkaRecord, Refusal } from '../../../app/model.ts'
import type { ProduceAnswer } from '../../../app/produce/kafka-client.ts'
import { type Attempt, afterRefusal, concernsOurTime, speaksOfRecords } from '../../../app/produce/refusals.ts'
import { rng } from '../../support/rng.ts'

const INVALID_TIMESTAMP = 32
const INVALID_RECORD = 87
const NOW = 1_800_000_000_000

const answer = (code: number, indexes: readonly number[], message: string | null = null): ProduceAnswer => ({
  code,
  message,
  baseOffset: -1n,
  appendedAt: undefined,
  recordErrors: indexes.map((index) => ({ index, message: `about ${index}` })),
  throttleMs: 0,
})
const records = (count: number, isReceiveTime: (index: number) => boolean = () => false): KafkaRecord[] =>
  Array.from({ length: count }, (_, index) => ({
    key: null,
    value: Buffer.from(String(index)),
    timestamp: 5,
    isReceiveTime: isReceiveTime(index),
  }))
const first = (all: readonly KafkaRecord[]): Attempt => ({ records: all, indexes: undefined, hasBrokerTime: false })
const values = ({ records }: Attempt): number[] => records.map(({ value }) => Number(value))

describe('a refused request', () => {
  const { seed, below, shuffled } = rng()
  const sizes = [1, 2, 39, 40, 41, 60, 1_000, 9_999, 10_000, ...Array.from({ length: 30 }, () => 1 + below(10_000))]

  it.each(sizes)(`loses exactly the %d records that the broker names, in whatever order (seed ${seed})`, (bad) => {
    const count = bad + below(500)
    const named = shuffled(Array.from({ length: count }, (_, index) => index)).slice(0, bad)
    const refusals: Refusal[] = []
    const left = afterRefusal(answer(INVALID_RECORD, named), first(records(count)), undefined, refusals)
    expect(refusals.map(({ index }) => index).sort((a, b) => a - b)).toEqual(named.toSorted((a, b) => a - b))
    const gone = new Set(named)
    expect(values(left)).toEqual([...Array(count).keys()].filter((index) => !gone.has(index)))
    expect(refusals.every(({ index, detail }) => detail.includes(`about ${index};`))).toBe(true)
  })

  it('counts in the array of the caller, however often it shrinks', () => {
    const refusals: Refusal[] = []
    let attempt = first(records(10))
    for (const named of [[0, 9], [3], [0]]) {
      attempt = afterRefusal(answer(INVALID_RECORD, named), attempt, undefined, refusals)
    }
    expect(refusals.map(({ index }) => index)).toEqual([0, 9, 4, 1])
    expect(values(attempt)).toEqual([2, 3, 5, 6, 7, 8])
  })

  it('takes no index that is not in the request, and each one once', () => {
    const refusals: Refusal[] = []
    const left = afterRefusal(answer(INVALID_RECORD, [-1, 2, 2, 7, 1e9]), first(records(3)), undefined, refusals)
    expect(refusals.map(({ index }) => index)).toEqual([2])
    expect(values(left)).toEqual([0, 1])
  })

  it('is to be tried in smaller pieces where none is named; a lone record is meant', () => {
    for (const code of [INVALID_RECORD, INVALID_TIMESTAMP, 10]) {
      expect(() => afterRefusal(answer(code, []), first(records(2)), undefined, [])).toThrow(Unavailable)
      const refusals: Refusal[] = []
      expect(values(afterRefusal(answer(code, []), first(records(1)), undefined, refusals))).toEqual([])
      expect(refusals).toHaveLength(1)
    }
  })

  it('names code and cure', () => {
    const refusals: Refusal[] = []
    afterRefusal(answer(INVALID_TIMESTAMP, [], 'too late'), first(records(1)), undefined, refusals)
    afterRefusal(answer(10, []), first(records(1)), undefined, refusals)
    expect(refusals).toEqual([
      {
        index: 0,
        reason: 'broker_refused',
        detail: expect.stringMatching(/^INVALID_TIMESTAMP \(32\): too late; .*after\.max\.ms/),
      },
      {
        index: 0,
        reason: 'too_large',
        detail: expect.stringMatching(/^MESSAGE_TOO_LARGE \(10\); .*max\.message\.bytes/),
      },
    ])
  })
})

describe('a record with our time', () => {
  const mixed = records(6, (index) => index % 2 === 0)

  it("goes again with the broker's, in its place, while others are refused", () => {
    const refusals: Refusal[] = []
    const left = afterRefusal(answer(INVALID_TIMESTAMP, [0, 1, 4]), first(mixed), NOW, refusals)
    expect(refusals.map(({ index }) => index)).toEqual([1])
    expect(left.records.map(({ value, timestamp }) => [Number(value), timestamp])).toEqual([
      [0, NOW],
      [2, 5],
      [3, 5],
      [4, NOW],
      [5, 5],
    ])
  })

  it('is not at fault where no record is named, and is tried only once', () => {
    const left = afterRefusal(answer(INVALID_TIMESTAMP, []), first(mixed), NOW, [])
    expect(left.records.map(({ timestamp }) => timestamp)).toEqual([NOW, 5, NOW, 5, NOW, 5])
    expect(concernsOurTime(answer(INVALID_TIMESTAMP, []), first(mixed))).toBe(true)
    expect(concernsOurTime(answer(INVALID_TIMESTAMP, []), left)).toBe(false)
    expect(() => afterRefusal(answer(INVALID_TIMESTAMP, []), left, NOW, [])).toThrow(Unavailable)
  })

  it("waits where the broker's time is not known or does not help, and is never refused for it", () => {
    const refusals: Refusal[] = []
    const refuse = (attempt: Attempt, now: number | undefined) => () =>
      afterRefusal(answer(INVALID_TIMESTAMP, [0]), attempt, now, refusals)
    expect(refuse(first(mixed), undefined)).toThrow(expect.objectContaining({ reason: 'clock' }))
    expect(refuse({ ...first(mixed), hasBrokerTime: true }, NOW)).toThrow(expect.objectContaining({ reason: 'clock' }))
    expect(refusals).toEqual([])
  })

  it('is refused for anything else', () => {
    const refusals: Refusal[] = []
    afterRefusal(answer(INVALID_RECORD, [0]), first(mixed), NOW, refusals)
    expect(refusals.map(({ index }) => index)).toEqual([0])
  })
})

it('tells codes that speak of records from all others', () => {
  const codes = Array.from({ length: 130 }, (_, code) => code - 1)
  expect(codes.filter((code) => speaksOfRecords(answer(code, [])))).toEqual([2, 10, 18, 32, 87])
})
