import { describe, expect, it } from '@jest/globals'
import { Clock, steadyNow } from '../../../app/lib/clock.ts'
import { learnTime, timeOfRefusal } from '../../../app/produce/broker-time.ts'
import type { ProduceAnswer } from '../../../app/produce/kafka-client.ts'

const HOUR = 3_600_000
const NO_LIMIT = 2 ** 63
const answer = (over: Partial<ProduceAnswer>): ProduceAnswer => ({
  code: 0,
  message: null,
  baseOffset: 1n,
  appendedAt: undefined,
  recordErrors: [],
  throttleMs: 0,
  ...over,
})
const range = (from: number | string, to: number): string =>
  `Timestamp 1 of message with offset 0 is out of range. The timestamp should be within [${from}, ${to}]`

describe("the broker's time of a refusal", () => {
  it.each([
    ['the end of the window', { beforeMs: NO_LIMIT, afterMs: HOUR }, range('-9223370000000000000', 1_000 + HOUR)],
    ['its begin, where the end is open', { beforeMs: HOUR, afterMs: NO_LIMIT }, range(1_000 - HOUR, NO_LIMIT)],
  ])('is told by %s', (_what, window, message) => {
    expect(timeOfRefusal(answer({ code: 32, message }), window)).toBe(1_000)
    const recordErrors = [{ index: 7, message }]
    expect(timeOfRefusal(answer({ code: 32, message: 'One or more records', recordErrors }), window)).toBe(1_000)
  })

  it.each([null, '', 'out of range', 'within [a, b]', '[1, 2'])('is not told by %j', (message) => {
    expect(timeOfRefusal(answer({ code: 32, message }), { beforeMs: NO_LIMIT, afterMs: HOUR })).toBeUndefined()
  })
})

describe('what an answer says of the clock', () => {
  const window = { beforeMs: NO_LIMIT, afterMs: HOUR }

  it('is the time that the broker gave the records', () => {
    const clock = new Clock()
    const now = steadyNow()
    learnTime(clock, answer({ appendedAt: now - 2 * HOUR }), window, [now, now])
    expect(clock.correctionMs).toBe(-2 * HOUR)
  })

  it('is the window that it refused them by', () => {
    const clock = new Clock()
    const now = steadyNow()
    learnTime(clock, answer({ code: 32, message: range(0, now + 3 * HOUR) }), window, [now, now])
    expect(clock.correctionMs).toBe(2 * HOUR)
  })

  it('is nothing otherwise', () => {
    const clock = new Clock()
    learnTime(clock, answer({}), window, [1, 2])
    learnTime(clock, answer({ code: 87, message: range(0, 1) }), window, [1, 2])
    expect(clock.isKnown).toBe(false)
  })
})
