import { describe, expect, it } from '@jest/globals'
import { murmur2 } from '../../../app/lib/murmur2.ts'

// Published by Apache Kafka (UtilsTest.testMurmur2) as signed 32-bit hashes; a producer makes them non-negative first.
const KNOWN: readonly (readonly [Buffer, number])[] = [
  [Buffer.from('21'), -973932308],
  [Buffer.from('foobar'), -790332482],
  [Buffer.from('a-little-bit-long-string'), -985981536],
  [Buffer.from('a-little-bit-longer-string'), -1486304829],
  [Buffer.from('lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8'), -58897971],
  [Buffer.from('abc'), 479470107],
]

describe('murmur2', () => {
  it.each(KNOWN)('hashes %s as the Java client does', (key, hash) => {
    expect(murmur2(key)).toBe(hash & 0x7fffffff)
  })

  it('is never negative, whatever the bytes and their number', () => {
    for (let length = 0; length < 64; length++) {
      const hash = murmur2(Buffer.alloc(length, 255 - length))
      expect(hash).toBeGreaterThanOrEqual(0)
      expect(Number.isInteger(hash)).toBe(true)
    }
  })
})
