/** How often a slice looks at the clock: each 64 small messages, and sooner when they are large. */
import { describe, expect, it } from '@jest/globals'
import { Slice } from '../../../app/lib/slice.ts'

/** Over whenever it looks. */
const slice = (): Slice => new Slice(-1)

describe('a slice', () => {
  it('looks at every 64th small message', () => {
    const own = slice()
    const asked = Array.from({ length: 128 }, () => own.isOver(100))
    expect(asked.flatMap((isOver, at) => (isOver ? [at + 1] : []))).toEqual([64, 128])
  })

  it('looks sooner the larger they are: one of 64 KiB counts as many', () => {
    const own = slice()
    expect(own.isOver(64 * 1024)).toBe(true)
    expect([own.isOver(40 * 1024), own.isOver(40 * 1024)]).toEqual([false, true])
  })

  it('is not over before its time', () => {
    expect(new Slice(1_000_000).isOver(1024 * 1024)).toBe(false)
  })
})
