/** When a source is dialled again. */
import { describe, expect, it } from '@jest/globals'
import { type Attempt, nextDelay } from '../../../app/dial/delay.ts'

const LIMITS = { baseMs: 1_000, capMs: 60_000, slowMs: 300_000, stableMs: 60_000 }
const failed: Attempt = { openMs: undefined, pace: 'normal', retryAfterMs: undefined }
const highest = (): number => 0.999999
const lowest = (): number => 0

describe('the delay before the next dial', () => {
  it('doubles with each failure up to the cap', () => {
    const delays: number[] = []
    let failures = 0
    for (let i = 0; i < 9; i++) {
      const next = nextDelay(failures, failed, LIMITS, highest)
      failures = next.failures
      delays.push(next.delayMs)
    }
    expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000])
  })

  it('has full jitter', () => {
    expect(nextDelay(5, failed, LIMITS, lowest).delayMs).toBe(0)
    expect(nextDelay(5, failed, LIMITS, () => 0.5).delayMs).toBe(16_000)
  })

  it('starts anew only after a connection that was open long enough', () => {
    const before = { ...failed, openMs: LIMITS.stableMs - 1 }
    const after = { ...failed, openMs: LIMITS.stableMs }
    expect(nextDelay(4, before, LIMITS, highest)).toEqual({ failures: 5, delayMs: 16_000 })
    expect(nextDelay(4, after, LIMITS, highest)).toEqual({ failures: 1, delayMs: 1_000 })
  })

  it('is half to all of the slow delay when the peer does not want us', () => {
    const unwanted: Attempt = { ...failed, pace: 'slow' }
    expect(nextDelay(0, unwanted, LIMITS, lowest).delayMs).toBe(150_000)
    expect(nextDelay(9, unwanted, LIMITS, highest).delayMs).toBe(300_000)
  })

  it('is quick after a good connection, whatever the peer said at its end, and slow when it says so again', () => {
    const healthy: Attempt = { ...failed, pace: 'slow', openMs: LIMITS.stableMs }
    const first = nextDelay(7, healthy, LIMITS, highest)
    expect(first).toEqual({ failures: 1, delayMs: 1_000 })
    expect(nextDelay(first.failures, { ...healthy, openMs: 100 }, LIMITS, lowest).delayMs).toBe(150_000)
    expect(nextDelay(first.failures, { ...failed, pace: 'slow' }, LIMITS, lowest).delayMs).toBe(150_000)
  })

  it('is at most a day, however long Retry-After is', () => {
    const century: Attempt = { ...failed, retryAfterMs: 100 * 365 * 86_400_000 }
    expect(nextDelay(0, century, LIMITS, highest).delayMs).toBeLessThanOrEqual(86_400_000)
    expect(nextDelay(0, century, LIMITS, lowest).delayMs).toBeGreaterThan(78_000_000)
  })

  it('is never shorter than Retry-After, and spread a little beyond it', () => {
    const asked: Attempt = { ...failed, retryAfterMs: 120_000 }
    expect(nextDelay(0, asked, LIMITS, lowest).delayMs).toBe(120_000)
    expect(nextDelay(0, asked, LIMITS, highest).delayMs).toBe(132_000)
  })

  it('is not shortened by Retry-After', () => {
    expect(nextDelay(9, { ...failed, retryAfterMs: 1 }, LIMITS, highest).delayMs).toBe(60_000)
  })
})
