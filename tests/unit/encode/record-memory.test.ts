/** Records share memory without touching each other. */
import { describe, expect, it } from '@jest/globals'
import { RecordMemory } from '../../../app/encode/record-memory.ts'
import { compileSchema } from '../../../app/encode/schema.ts'
import { Rejected } from '../../../app/errors.ts'
import { decode } from '../../fixtures/avro-bytes.ts'
import { withField } from '../../fixtures/encoding.ts'

const schema = withField('string', { default: 'd'.repeat(100_000) })
const type = compileSchema('test-value', [JSON.stringify(schema)])
const textOf = (record: Buffer): string => (decode(schema, record.subarray(5)) as { f: string }).f

describe('Slabs', () => {
  it.each([0, 1, 0x01020304, 0x7fffffff])('writes the header of schema %d', (id) => {
    const record = new RecordMemory().write(id, type, { f: 'x' })
    expect([record.readUInt8(0), record.readUInt32BE(1)]).toEqual([0, id])
    expect(record.subarray(5).toString('hex')).toBe('0278')
  })

  it('keeps every record whole, whatever comes after it', () => {
    const slabs = new RecordMemory()
    const sizes = [1, 5, 62, 63, 64, 200, 3_000, 32_760, 32_768, 40_000, 131_060, 131_072, 500_000]
    const texts = Array.from({ length: 3_000 }, (_, i) => {
      const size = i % 100 === 0 ? (sizes[(i / 100) % sizes.length] ?? 1) : (i * 37) % 700
      return (i % 3 === 0 ? 'é' : 'a').repeat(size) + i
    })
    const records = texts.map((f) => slabs.write(7, type, { f }))
    records.forEach((record, i) => {
      expect(record.readUInt32BE(1)).toBe(7)
      expect(textOf(record) === texts[i]).toBe(true)
    })
  })

  it('shares memory between small records, and gives it to large ones alone', () => {
    const slabs = new RecordMemory()
    const [first, large, second] = ['a', 'b'.repeat(200_000), 'c'].map((f) => slabs.write(1, type, { f }))
    expect(second?.buffer).toBe(first?.buffer)
    expect(large?.buffer.byteLength).toBe(large?.length)
  })

  it('uses nothing for a record that is refused', () => {
    const slabs = new RecordMemory()
    const before = slabs.write(1, type, { f: 'a' })
    expect(() => slabs.write(1, type, { f: true })).toThrow()
    const after = slabs.write(1, type, { f: 'b' })
    expect(after.byteOffset).toBe(before.byteOffset + before.length)
    expect(textOf(before)).toBe('a')
  })

  it('fills a slab to its last byte', () => {
    const slabs = new RecordMemory()
    const { buffer } = slabs.write(1, type, { f: '' })
    let free = buffer.byteLength - 6
    for (; free > 30_000; free -= 20_008) slabs.write(1, type, { f: 'x'.repeat(20_000) })
    const last = slabs.write(1, type, { f: 'y'.repeat(free - 8) })
    expect(last.buffer).toBe(buffer)
    expect(last.byteOffset + last.length).toBe(buffer.byteLength)
    const next = slabs.write(1, type, { f: 'z' })
    expect(next.buffer).not.toBe(buffer)
    expect([textOf(next), textOf(last).length]).toEqual(['z', free - 8])
  })

  describe('where it is held', () => {
    const fill = (slabs: RecordMemory, count: number, letter: string): Buffer[] =>
      Array.from({ length: count }, () => slabs.write(1, type, { f: letter.repeat(1_000) }))
    const buffersOf = (records: readonly Buffer[]) => new Set(records.map(({ buffer }) => buffer))
    const used = (records: readonly Buffer[], again: readonly Buffer[]): number =>
      [...buffersOf(again)].filter((buffer) => buffersOf(records).has(buffer)).length

    it('uses memory again once the hold has ended, and not before', () => {
      const slabs = new RecordMemory()
      const release = slabs.hold()
      const first = fill(slabs, 1_000, 'a')
      const second = fill(slabs, 1_000, 'b')
      expect(used(first.slice(0, 800), second.slice(200))).toBe(0)
      expect(first.every((record) => textOf(record) === 'a'.repeat(1_000))).toBe(true)
      release()
      const hold = slabs.hold()
      expect(used(first, fill(slabs, 3_000, 'c'))).toBeGreaterThan(3)
      hold()
    })

    it('waits for every hold that was open when it was written', () => {
      const slabs = new RecordMemory()
      const early = slabs.hold()
      const first = fill(slabs, 500, 'a')
      const late = slabs.hold()
      const second = fill(slabs, 500, 'b')
      late()
      fill(slabs, 1_000, 'c')
      expect([...first, ...second].map(textOf).join('')).toBe('a'.repeat(500_000) + 'b'.repeat(500_000))
      early()
      early()
      expect(used(first, fill(slabs, 3_000, 'd'))).toBeGreaterThan(1)
    })

    it('never writes over what nobody held', () => {
      const slabs = new RecordMemory()
      const free = fill(slabs, 500, 'a')
      const release = slabs.hold()
      fill(slabs, 500, 'b')
      release()
      fill(slabs, 5_000, 'c')
      expect(free.every((record) => textOf(record) === 'a'.repeat(1_000))).toBe(true)
    })

    it('lets go of memory for which it waits too long', () => {
      const slabs = new RecordMemory()
      const release = slabs.hold()
      const held = fill(slabs, 20_000, 'a')
      release()
      const again = fill(slabs, 20_000, 'b')
      expect(used(held, again)).toBeLessThan(buffersOf(held).size / 2)
      expect(held.slice(0, 1_000).every((record) => textOf(record) === 'a'.repeat(1_000))).toBe(true)
    })
  })

  it('refuses what defaults would blow up beyond any use', () => {
    const list = { type: 'record', name: 'List', fields: [{ name: 'items', type: { type: 'array', items: schema } }] }
    const exploding = compileSchema('test-value', [JSON.stringify(list)])
    const document = { items: Array.from({ length: 1_000 }, () => ({})) }
    let caught: unknown
    try {
      new RecordMemory().write(1, exploding, document)
    } catch (error) {
      caught = error
    }
    expect(caught).toBeInstanceOf(Rejected)
    expect(caught).toMatchObject({ reason: 'too_large' })
  })
})
