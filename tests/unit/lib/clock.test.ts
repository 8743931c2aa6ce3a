import { afterEach, describe, expect, it, jest } from '@jest/globals'
import { Clock, type ClockDifference, steadyNow } from '../../../app/lib/clock.ts'

const HOUR = 3_600_000

afterEach(() => {
  jest.restoreAllMocks()
})

/** A clock that was shown another, `offset` ms ahead, in requests that took `tookMs`. */
function clock() {
  const changes: ClockDifference[] = []
  const one = new Clock((change) => changes.push(change))
  const show = (by: 'broker' | 'registry', offset: number, tookMs = 0): void => {
    const from = steadyNow()
    one.saw(by, [from + offset, from + offset], [from, from + tookMs])
  }
  return { one, show, changes }
}

describe('the steady clock', () => {
  it('does not jump with the system’s', () => {
    const before = steadyNow()
    jest.spyOn(Date, 'now').mockReturnValue(1)
    expect(Math.abs(steadyNow() - before)).toBeLessThan(60_000)
  })
})

describe('a correction', () => {
  it('is the difference to the other clock, and said once', () => {
    const { one, show, changes } = clock()
    show('broker', 2 * HOUR)
    show('broker', 2 * HOUR + 10)
    expect(one.correctionMs).toBe(2 * HOUR + 10)
    expect(one.receivedAt({ receivedAt: 5 })).toBe(5 + 2 * HOUR + 10)
    expect(one.receivedAt({ receivedAt: 5, isCorrected: true })).toBe(5)
    expect(one.steady(one.receivedAt({ receivedAt: 5 }))).toBe(5)
    expect(one.steadyReceivedAt({ receivedAt: 5 })).toBe(5)
    expect(one.steadyReceivedAt({ receivedAt: one.corrected(5), isCorrected: true })).toBe(5)
    expect(changes).toEqual([{ by: 'broker', offsetMs: 2 * HOUR }])
  })

  it('is none below five seconds, nor where the time of the request explains the difference', () => {
    const { one, show, changes } = clock()
    show('broker', 4_999)
    expect(one.correctionMs).toBe(0)
    show('broker', 30_000, 31_000)
    expect([one.correctionMs, changes]).toEqual([0, []])
  })

  it('is said again when it is gone', () => {
    const { show, changes } = clock()
    show('broker', -HOUR)
    show('broker', 0)
    expect(changes.map(({ offsetMs }) => offsetMs)).toEqual([-HOUR, 0])
  })

  it("is the broker's, whatever a registry shows later", () => {
    const { one, show } = clock()
    show('registry', -HOUR)
    expect(one.correctionMs).toBe(-HOUR)
    show('broker', HOUR)
    show('registry', -HOUR)
    expect(one.correctionMs).toBe(HOUR)
  })

  it("is how far the system's clock was set, while no other is known", () => {
    const { one, show } = clock()
    const now = Date.now()
    jest.spyOn(Date, 'now').mockReturnValue(now + HOUR)
    expect(Math.round(one.correctionMs / 1_000)).toBe(HOUR / 1_000)
    expect(one.systemOffsetMs).toBeUndefined()
    show('broker', 0)
    expect(one.correctionMs).toBe(0)
    expect(Math.round((one.systemOffsetMs ?? 0) / 1_000)).toBe(-HOUR / 1_000)
  })
})
