/** Unions within unions: the work grows with the document, not with a power of its depth. */
import { describe, expect, it } from '@jest/globals'
import { compileSchema } from '../../../app/encode/schema.ts'
import { MISMATCH, type Plan } from '../../../app/fit/plan.ts'

const DEPTH = 60
const BUFFER = Buffer.alloc(65_536)

const record = (name: string, type: unknown, ...more: object[]): object => ({
  type: 'record',
  name,
  fields: [{ name: 'u', type, default: null }, ...more],
})
const plan = (schema: object): Plan => compileSchema('d-value', [JSON.stringify(schema)])
const nested = (field: string, innermost: unknown): unknown => {
  let document = innermost
  for (let depth = 0; depth < DEPTH; depth++) document = { [field]: document }
  return document
}
const isWritten = (one: Plan, document: unknown): boolean => {
  try {
    return one.encode(document, BUFFER, 0) > 0
  } catch (error) {
    if (error === MISMATCH) return false
    throw error
  }
}

describe('deep unions', () => {
  const either = plan(record('A', ['null', 'A', record('B', ['null', 'A', 'B'])]))
  const named = plan(record('u', ['null', 'u'], { name: 'x', type: 'int', default: 0 }))

  // As it is each second level fits only in part, because `x` is missing there; what it holds was written by then.
  it('of branches that are named at each second level', () => {
    const required = plan(record('u', ['null', 'u'], { name: 'x', type: 'int' }))
    let document: unknown = null
    for (let depth = 0; depth < DEPTH; depth++) document = { u: { u: document, x: 1 } }
    expect(isWritten(required, { u: document, x: 1 })).toBe(true)
  })

  it.each([
    ['records told apart by their fields', either, { u: null }, true],
    ['records of which none fits', either, { u: 5 }, false],
    // The field has the name of the branch, so each level may be either.
    ['a branch that may be named', named, { x: 1 }, true],
    ['a branch that may be named and does not fit', named, { x: 'no number' }, false],
  ])('of %s', (_what, one, innermost, fits) => {
    expect(isWritten(one, nested('u', innermost))).toBe(fits)
    expect(one.fault(nested('u', innermost)) === undefined).toBe(fits)
  })
})
