/** Foreign text made safe to log. */
import { describe, expect, it } from '@jest/globals'
import { printable } from '../../../app/lib/printable.ts'

describe('printable', () => {
  it.each([
    ['plain text, ünïcode 👋', 'plain text, ünïcode 👋'],
    ['two\r\nlines\u2028three', 'two lines three'],
    ['\u001b[31mred\u0007', '[31mred'],
    ['\u202eevil\u0000', 'evil'],
    ['\ud800lone', 'lone'],
    ['', ''],
  ])('%j → %j', (text, expected) => {
    expect(printable(text, 100)).toBe(expected)
  })

  it('cuts at a whole character', () => {
    expect(printable('aéé', 4)).toBe('aé')
    expect(printable('👋👋', 7)).toBe('👋')
    expect(printable('x'.repeat(1_000_000), 10)).toBe('x'.repeat(10))
  })
})
