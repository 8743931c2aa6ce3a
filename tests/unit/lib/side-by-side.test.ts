/** Work for whatever arrives. */
import { describe, expect, it } from '@jest/globals'
import { Shares } from '../../../app/lib/shares.ts'
import { sideBySide } from '../../../app/lib/side-by-side.ts'

async function* two(): AsyncGenerator<number> {
  yield 1
  yield 2
}

describe('sideBySide', () => {
  it('begins all work at once, and ends with the last of it', async () => {
    const ends: (() => void)[] = []
    let isOver = false
    const all = sideBySide(two(), () => new Promise<void>((resolve) => ends.push(resolve))).then(() => {
      isOver = true
    })
    await new Promise((resolve) => setImmediate(resolve))
    expect(ends).toHaveLength(2)
    ends[0]?.()
    await new Promise((resolve) => setImmediate(resolve))
    expect(isOver).toBe(false)
    ends[1]?.()
    await all
  })

  it('ends with the first failure, though others go on and more may arrive', async () => {
    async function* endless(): AsyncGenerator<number> {
      yield* two()
      await new Promise(() => {})
    }
    const work = async (one: number): Promise<void> => {
      if (one === 2) throw new Error('no')
      await new Promise(() => {})
    }
    await expect(sideBySide(endless(), work)).rejects.toThrow('no')
  })

  it('ends as its arrivals do', async () => {
    async function* broken(): AsyncGenerator<number> {
      yield 1
      throw new Error('broken')
    }
    await expect(sideBySide(broken(), async () => {})).rejects.toThrow('broken')
  })
})

describe('Shares', () => {
  it('are given up with the last holder', () => {
    const shares = new Shares()
    shares.hold('a')
    shares.hold('a')
    expect([shares.release('a'), shares.release('a')]).toEqual([false, true])
    shares.hold('a')
    expect(shares.release('a')).toBe(true)
  })
})
