/** The bench's check sees each way in which records can be wrong. */
import { describe, expect, it } from '@jest/globals'
import avsc from 'avsc'
import { type Faults, openCheck } from '../../../scripts/bench/check.ts'
import { shapes } from '../../../scripts/bench/shapes/index.ts'
import { FIRST_SEQUENCE, FIRST_SOURCE } from '../../../scripts/bench/shapes/shape.ts'

const ID = 77
const NONE: Faults = { lost: 0, duplicated: 0, outOfOrder: 0, different: 0 }
const shape = shapes.small
const type = avsc.Type.forSchema(structuredClone(shape.schema) as unknown as avsc.Schema)

function encoded(trade: object, id = ID): Buffer {
  return Buffer.concat([Buffer.from([0, 0, 0, 0, id]), type.toBuffer(trade)])
}

function trade(source: number, at: number): object {
  return shape.document({ source: FIRST_SOURCE + source, seq: FIRST_SEQUENCE + at })
}

/** What is found in a topic that should hold two messages of one source and three of another. */
function faultsOf(values: readonly (Buffer | null)[], key: string | null = 'k', wanted: string | null = 'k'): Faults {
  const check = openCheck({ shape, shares: [2, 3], key: wanted, schemaId: ID })
  for (const value of values) check.record(0, key === null ? null : Buffer.from(key), value)
  return check.faults()
}

const places = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
  [1, 2],
] as const
const good = places.map(([source, at]) => encoded(trade(source, at)))
const [a0, b0, b1, a1, b2] = good as [Buffer, Buffer, Buffer, Buffer, Buffer]

describe('the check of a topic', () => {
  it('finds nothing where every record is there once, in the order of its source', () => {
    expect(faultsOf(good)).toEqual(NONE)
    expect(faultsOf([b0, b1, b2, a0, a1])).toEqual(NONE)
  })

  it('counts what is lost, twice and out of order', () => {
    expect(faultsOf([a0, b0, a1, b2])).toEqual({ ...NONE, lost: 1 })
    expect(faultsOf([])).toEqual({ ...NONE, lost: 5 })
    expect(faultsOf([...good, b1])).toEqual({ ...NONE, duplicated: 1 })
    expect(faultsOf([a0, b1, b0, a1, b2])).toEqual({ ...NONE, outOfOrder: 1 })
    expect(faultsOf([a0, b2, b0, b1, a1])).toEqual({ ...NONE, outOfOrder: 2 })
  })

  it('wants a source in one partition', () => {
    const check = openCheck({ shape, shares: [2, 3], key: null, schemaId: ID })
    for (const [at, value] of [a0, a1, b0].entries()) check.record(at < 2 ? 0 : 5, null, value)
    check.record(5, null, b1)
    expect(check.faults()).toEqual({ ...NONE, lost: 1 })
    expect(check.record(0, null, b2)).toEqual({ source: 1, at: 2 })
    expect(check.faults()).toEqual({ ...NONE, outOfOrder: 1 })
    expect(check.record(0, null, null)).toBeUndefined()
  })

  it('counts another key, schema or content', () => {
    expect(faultsOf(good, 'other')).toEqual({ ...NONE, different: 5 })
    expect(faultsOf(good, null)).toEqual({ ...NONE, different: 5 })
    expect(faultsOf(good, 'k', null)).toEqual({ ...NONE, different: 5 })
    expect(faultsOf(good, null, null)).toEqual(NONE)
    expect(faultsOf([encoded(trade(0, 0), 78), b0, b1, a1, b2])).toEqual({ ...NONE, lost: 1, different: 1 })
    for (const wrong of [{ p: 1 }, { s: 'MSFX' }, { t: 5 }, { v: 0.5 }, { venue: 2 }]) {
      expect(faultsOf([encoded({ ...trade(0, 0), ...wrong }), b0, b1, a1, b2])).toEqual({ ...NONE, different: 1 })
    }
  })

  it('counts what nobody sent, and what is no record of the schema', () => {
    const strange = [encoded(trade(2, 0)), encoded(trade(0, 2)), null, Buffer.alloc(0), Buffer.from([1, 2])]
    const cut = [a0.subarray(0, -1), Buffer.concat([a0, Buffer.from([0])])]
    expect(faultsOf([...good, ...strange, ...cut])).toEqual({ ...NONE, different: 7 })
  })
})
