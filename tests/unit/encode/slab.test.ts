/** Records share memory without touching each other. */
import { describe, expect, it } from '@jest/globals'
import { compileSchema } from '../../../app/encode/schema.ts'
import { openSlab } from '../../../app/encode/slab.ts'
import { Rejected } from '../../../app/errors.ts'
import { decode } from '../../fixtures/avro-bytes.ts'
import { withField } from '../../fixtures/encoding.ts'

const schema = withField('string', { default: 'd'.repeat(100_000) })
const type = compileSchema('test-value', [JSON.stringify(schema)])
const textOf = (record: Buffer): string => (decode(schema, record.subarray(5)) as { f: string }).f

describe('openSlab', () => {
  it.each([0, 1, 0x01020304, 0x7fffffff])('writes the header of schema %d', (id) => {
    const record = openSlab()(id, type, { f: 'x' })
    expect([record.readUInt8(0), record.readUInt32BE(1)]).toEqual([0, id])
    expect(record.subarray(5).toString('hex')).toBe('0278')
  })

  it('keeps every record whole, whatever comes after it', () => {
    const slab = openSlab()
    const sizes = [1, 5, 62, 63, 64, 200, 3_000, 32_760, 32_768, 40_000, 131_060, 131_072, 500_000]
    const texts = Array.from({ length: 3_000 }, (_, i) => {
      const size = i % 100 === 0 ? (sizes[(i / 100) % sizes.length] ?? 1) : (i * 37) % 700
      return (i % 3 === 0 ? 'é' : 'a').repeat(size) + i
    })
    const records = texts.map((f) => slab(7, type, { f }))
    records.forEach((record, i) => {
      expect(record.readUInt32BE(1)).toBe(7)
      expect(textOf(record) === texts[i]).toBe(true)
    })
  })

  it('shares memory between small records, and gives it to large ones alone', () => {
    const slab = openSlab()
    const [first, large, second] = ['a', 'b'.repeat(200_000), 'c'].map((f) => slab(1, type, { f }))
    expect(second?.buffer).toBe(first?.buffer)
    expect(large?.buffer.byteLength).toBe(large?.length)
  })

  it('uses nothing for a record that is refused', () => {
    const slab = openSlab()
    const before = slab(1, type, { f: 'a' })
    expect(() => slab(1, type, { f: 1 })).toThrow()
    const after = slab(1, type, { f: 'b' })
    expect(after.byteOffset).toBe(before.byteOffset + before.length)
    expect(textOf(before)).toBe('a')
  })

  it('fills a slab to its last byte', () => {
    const slab = openSlab()
    const { buffer } = slab(1, type, { f: '' })
    let free = buffer.byteLength - 6
    for (; free > 30_000; free -= 20_008) slab(1, type, { f: 'x'.repeat(20_000) })
    const last = slab(1, type, { f: 'y'.repeat(free - 8) })
    expect(last.buffer).toBe(buffer)
    expect(last.byteOffset + last.length).toBe(buffer.byteLength)
    const next = slab(1, type, { f: 'z' })
    expect(next.buffer).not.toBe(buffer)
    expect([textOf(next), textOf(last).length]).toEqual(['z', free - 8])
  })

  it('refuses what defaults would blow up beyond any use', () => {
    const list = { type: 'record', name: 'List', fields: [{ name: 'items', type: { type: 'array', items: schema } }] }
    const exploding = compileSchema('test-value', [JSON.stringify(list)])
    const document = { items: Array.from({ length: 1_000 }, () => ({})) }
    let caught: unknown
    try {
      openSlab()(1, exploding, document)
    } catch (error) {
      caught = error
    }
    expect(caught).toBeInstanceOf(Rejected)
    expect(caught).toMatchObject({ reason: 'too_large' })
  })
})
