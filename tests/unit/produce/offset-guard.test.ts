import { describe, expect, it } from '@jest/globals'
import { OffsetGuard } from '../../../app/produce/offset-guard.ts'

describe('OffsetGuard', () => {
  it('accepts offsets that grow, with gaps, for each partition of each topic', () => {
    const guard = new OffsetGuard()
    expect(guard.accepts('a', 0, 0n, 3)).toBe(true)
    expect(guard.accepts('a', 0, 3n, 1)).toBe(true)
    expect(guard.accepts('a', 0, 10n, 1)).toBe(true)
    expect(guard.accepts('a', 5, 0n, 1)).toBe(true)
    expect(guard.accepts('b', 0, 0n, 1)).toBe(true)
  })

  it.each([
    ['the same base offset', 7n],
    ['an offset inside the last batch', 9n],
    ['an offset before it', 2n],
  ])('refuses %s, then believes what it hears next', (_, base) => {
    const guard = new OffsetGuard()
    guard.accepts('a', 0, 7n, 3)
    guard.accepts('a', 1, 7n, 3)
    expect(guard.accepts('a', 0, base, 1)).toBe(false)
    expect(guard.accepts('a', 0, base, 1)).toBe(true)
    expect(guard.accepts('a', 1, base, 1)).toBe(false)
  })

  it('begins anew with a topic that was forgotten', () => {
    const guard = new OffsetGuard()
    guard.accepts('a', 0, 100n, 1)
    guard.accepts('b', 0, 100n, 1)
    guard.forget('a')
    expect(guard.accepts('a', 0, 0n, 1)).toBe(true)
    expect(guard.accepts('b', 0, 0n, 1)).toBe(false)
  })
})
