import { describe, expect, it } from '@jest/globals'
import { parseRanges, Ranges } from '../../../app/lib/ranges.ts'
import { rng } from '../../support/rng.ts'

const of = (...numbers: number[]): Ranges => {
  const ranges = new Ranges()
  for (const number of numbers) ranges.add(number)
  return ranges
}

describe('ranges', () => {
  it.each([
    [[], ''],
    [[0], '0'],
    [[0, 1, 2], '0-2'],
    [[0, 2, 3, 7], '0,2-3,7'],
  ])('writes %j as %s', (numbers, text) => {
    expect(of(...numbers).toString()).toBe(text)
  })

  it('leaves out what is not above all others', () => {
    expect(of(3, 3, 1, 4).toString()).toBe('3-4')
  })

  it('reads back what it wrote, and knows what is in it', () => {
    const { seed, next } = rng()
    for (let round = 0; round < 200; round++) {
      const chosen = Array.from({ length: 300 }, (_, number) => number).filter(() => next() < round / 200)
      const text = of(...chosen).toString()
      const read = text === '' ? new Ranges() : parseRanges(text)
      const found = Array.from({ length: 300 }, (_, number) => number).filter((number) => read?.has(number))
      expect({ seed, found, count: read?.count }).toEqual({ seed, found: chosen, count: chosen.length })
    }
  })

  it.each(['', ' ', '-1', '1-', '1--2', '2-1', '1,1', '3,1', '1-5,4', '1,', '1e3', '0x1', '1 ,2', '9999999999'])(
    'refuses %j',
    (text) => {
      expect(parseRanges(text)).toBeUndefined()
    },
  )
})
