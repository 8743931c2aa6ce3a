/** What is sent, encoded by another library, is what the check expects. */
import { describe, expect, it } from '@jest/globals'
import { compileSchema } from '../../../app/encode/schema.ts'
import type { Document } from '../../../app/model.ts'
import { verifiableCredential } from '../../../app/normalise/verifiable-credential.ts'
import { avroReader } from '../../../scripts/bench/avro-reader.ts'
import { type ShapeName, shapes } from '../../../scripts/bench/shapes/index.ts'
import { FIRST_SEQUENCE, FIRST_SOURCE, shares } from '../../../scripts/bench/shapes/shape.ts'

const names = Object.keys(shapes) as ShapeName[]
const position = { source: FIRST_SOURCE + 7, seq: FIRST_SEQUENCE + 12_345 }

function encoded(name: ShapeName, seq: number): Buffer {
  const shape = shapes[name]
  const document = JSON.parse(shape.text({ ...position, seq })) as Document
  const value = Buffer.alloc(4_096)
  const end = compileSchema('bench-value', [JSON.stringify(shape.schema)]).encode(
    verifiableCredential(document),
    value,
    5,
  )
  value.writeUInt32BE(77, 1)
  return value.subarray(0, end)
}

describe.each(names)('the shape %s', (name) => {
  const shape = shapes[name]

  it('is read back as the document that the check expects, all round', () => {
    const read = avroReader(shape.schema)
    for (let seq = position.seq; seq <= position.seq + shape.round; seq++) {
      const { schemaId, document } = read(encoded(name, seq))
      expect(schemaId).toBe(77)
      expect(document).toEqual(shape.document({ ...position, seq }))
      expect(shape.positionOf(document)).toEqual({ ...position, seq })
    }
  })

  it('changes nothing but digits of the sequence after a round, and no length', () => {
    const [one, two] = [position.seq, position.seq + shape.round].map((seq) =>
      shape.text({ ...position, seq }).replaceAll(String(seq), '#'),
    )
    expect(one).toBe(two)
    const lengths = Array.from(
      { length: shape.round },
      (_, at) => shape.text({ ...position, seq: at + FIRST_SEQUENCE }).length,
    )
    expect(new Set(lengths).size).toBe(1)
  })
})

describe('the sizes', () => {
  it('are 85 bytes, about 2 kB and less than 200 bytes', () => {
    expect(shapes.small.text(position)).toHaveLength(85)
    expect(shapes.credential.text(position).length).toBeGreaterThan(1_900)
    expect(shapes.credential.text(position).length).toBeLessThan(2_200)
    expect(shapes.coerced.text(position)).toHaveLength(192)
  })

  it('are shared among the sources without a rest', () => {
    expect(shares(10, 3)).toEqual([4, 3, 3])
    expect(shares(8, 8)).toEqual([1, 1, 1, 1, 1, 1, 1, 1])
  })
})

describe('the reader of records', () => {
  const schema = {
    type: 'record',
    name: 'R',
    fields: [
      { name: 'a', type: { type: 'array', items: 'long' } },
      { name: 'u', type: ['null', 'boolean'] },
    ],
  }
  const value = (...bytes: number[]): Buffer => Buffer.from([0, 0, 0, 0, 9, ...bytes])

  it('takes arrays in several blocks, with sizes or without', () => {
    const { document } = avroReader(schema)(value(0x02, 0x03, 0x03, 0x04, 0x01, 0x06, 0x00, 0x02, 0x01))
    expect(document).toEqual({ a: [-2, -1, 3], u: true })
  })

  it('refuses what is cut off, too long, of another branch or without its magic byte', () => {
    const read = avroReader(schema)
    for (const wrong of [value(0x00), value(0x00, 0x00, 0x00), value(0x00, 0x04), Buffer.from([1, 0, 0, 0, 9, 0, 0])]) {
      expect(() => read(wrong)).toThrow()
    }
  })
})
