/** Fields that the schema does not have are left out, and counted. */
import { describe, expect, it } from '@jest/globals'
import { RecordMemory } from '../../../app/encode/record-memory.ts'
import { compileSchema } from '../../../app/encode/schema.ts'
import { written } from '../../../app/fit/node.ts'
import { withField } from '../../fixtures/encoding.ts'

const inner = { type: 'record', name: 'Inner', fields: [{ name: 'a', type: 'long', default: 1 }] }
const type = compileSchema('t-value', [
  JSON.stringify({
    type: 'record',
    name: 'Outer',
    fields: [
      { name: 'one', type: ['null', inner], default: null },
      { name: 'many', type: { type: 'array', items: 'Inner' }, default: [] },
      { name: 'any', type: { type: 'map', values: 'string' }, default: {} },
    ],
  }),
])
const undeclared = (document: unknown): number => {
  new RecordMemory().write(1, type, document)
  return written.undeclared
}

describe('undeclared fields', () => {
  it.each([
    [0, {}],
    [0, { one: { a: 2 }, many: [{ a: 1 }, {}], any: { anything: 'x' } }],
    [1, { more: 1 }],
    [1, { constructor: 1 }],
    [2, { one: { b: 2 }, c: { d: { e: 1 } } }],
    [
      3,
      {
        many: [
          { a: 1, b: 1 },
          { b: 1, c: 1 },
        ],
      },
    ],
  ])('counts %d of them in %j', (count, document) => {
    expect(undeclared(document)).toBe(count)
  })

  it.each([
    [0, { must: 1, nullable: null }],
    [0, { must: 1, nullable: 2, may: 3 }],
    [1, { must: 1, nullable: 2, more: 3 }],
    [2, { more: 0, must: 1, nullable: 2, may: 3, most: 4 }],
  ])('counts %d of them beside fields that must be there, in %j', (count, document) => {
    const fields = [
      { name: 'must', type: 'int' },
      { name: 'nullable', type: ['null', 'int'] },
      { name: 'may', type: 'int', default: 7 },
    ]
    const mixed = compileSchema('t-value', [JSON.stringify({ type: 'record', name: 'T', fields })])
    new RecordMemory().write(1, mixed, document)
    expect(written.undeclared).toBe(count)
  })

  it('counts them once where the document is written twice, into a slab that has room', () => {
    const wide = compileSchema('t-value', [JSON.stringify(withField('string'))])
    const slabs = new RecordMemory()
    const counts = Array.from({ length: 100 }, () => {
      slabs.write(1, wide, { f: 'x'.repeat(20_000), more: 1 })
      return written.undeclared
    })
    expect(new Set(counts)).toEqual(new Set([1]))
  })
})
