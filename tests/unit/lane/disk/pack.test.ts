/** Which messages lie in one block. */
import { describe, expect, it } from '@jest/globals'
import { pack } from '../../../../app/lane/disk/pack.ts'
import { cut } from '../../../../app/lane/piece.ts'
import { message, numbered } from '../../../support/messages.ts'

const group = (first: number, count: number) => ({
  pieces: cut(numbered(count), undefined, undefined, first),
  reader: undefined,
})

describe('pack', () => {
  const spans = (...groups: ReturnType<typeof group>[]) =>
    pack(groups, 5, 1_000).map(({ key, first, messages }) => [key, first, messages.length])

  it('puts those together whose numbers follow each other, and no others', () => {
    expect(spans(group(1, 3), group(4, 2), group(7, 1), group(8, 1))).toEqual([
      [5, 1, 5],
      [6, 7, 2],
    ])
  })

  it('keeps the numbers of what it splits', () => {
    const large = Array.from({ length: 5 }, () => message('x'.repeat(400)))
    expect(spans({ pieces: cut(large, undefined, undefined, 11), reader: undefined })).toEqual([
      [5, 11, 2],
      [6, 13, 2],
      [7, 15, 1],
    ])
  })
})
