/** However a schema is written, compiling it and judging it takes bounded time: the event loop stands still meanwhile. */
import { describe, expect, it } from '@jest/globals'
import { misfitOf } from '../../../app/encode/misfit.ts'
import { RecordMemory } from '../../../app/encode/record-memory.ts'
import { compileSchema } from '../../../app/encode/schema.ts'
import { Unavailable } from '../../../app/errors.ts'

const compile = (schema: unknown) => compileSchema('s-value', [JSON.stringify(schema)])
const refusal = (schema: unknown): Unavailable => {
  try {
    compile(schema)
  } catch (error) {
    if (error instanceof Unavailable) return error
    throw error
  }
  throw new Error('compiled')
}

/** Of this thread alone, milliseconds. */
const cost = (work: () => unknown): number => {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

/** Each record holds the one below it twice: a value is twice as large with each level. */
function doubled(levels: number, leaf: object, more: object): object {
  let schema: object = { type: 'record', name: 'd0', fields: [leaf] }
  for (let level = 1; level < levels; level++) {
    const fields = [
      { name: 'a', type: schema, ...more },
      { name: 'b', type: `d${level - 1}`, ...more },
    ]
    schema = { type: 'record', name: `d${level}`, fields }
  }
  return schema
}

describe('a schema', () => {
  it('whose defaults double at each level is refused soon', () => {
    const schema = doubled(40, { name: 'x', type: 'long', default: 1 }, { default: {} })
    const took = cost(() => expect(refusal(schema)).toMatchObject({ reason: 'bad_schema' }))
    expect(refusal(schema).message).toContain('its defaults hold more than')
    expect(took).toBeLessThan(3_000)
  })

  it('whose defaults double at each level is refused as well where a union has them', () => {
    let schema: object = { type: 'record', name: 'd0', fields: [{ name: 'x', type: 'long', default: 1 }] }
    for (let level = 1; level < 40; level++) {
      const fields = [
        { name: 'a', type: [schema, 'null'], default: {} },
        { name: 'b', type: [`d${level - 1}`, 'null'], default: {} },
      ]
      schema = { type: 'record', name: `d${level}`, fields }
    }
    expect(refusal(schema).message).toContain('its defaults hold more than')
  })

  it('is not refused after one that was', () => {
    refusal(doubled(40, { name: 'x', type: 'long', default: 1 }, { default: {} }))
    const type = compile(doubled(5, { name: 'x', type: 'long', default: 1 }, { default: {} }))
    expect(new RecordMemory().write(1, type, {}).subarray(5).toString('hex')).toBe('02'.repeat(16))
  })

  it('whose documents double at each level compiles, and is left unjudged', () => {
    const schema = doubled(40, { name: 'x', type: 'long' }, {})
    expect(cost(() => expect(misfitOf(compile(schema))).toBeUndefined())).toBeLessThan(3_000)
  })

  it.each([
    [
      'fields',
      Array.from({ length: 30_000 }, (_, i) => ({ name: `f${i}`, type: 'long' })),
      'more than 20000 types and fields',
    ],
    [
      'branches',
      [{ name: 'u', type: Array.from({ length: 8_000 }, (_, i) => ({ type: 'fixed', name: `b${i}`, size: i })) }],
      undefined,
    ],
    [
      'more branches',
      [{ name: 'u', type: Array.from({ length: 30_000 }, (_, i) => ({ type: 'fixed', name: `b${i}`, size: i })) }],
      'more than 20000 types and fields',
    ],
  ])('of very many %s is refused before it is compiled', (_, fields, expected) => {
    const schema = { type: 'record', name: 'R', fields }
    if (expected === undefined) expect(compile(schema)).toBeDefined()
    else expect(refusal(schema).message).toContain(expected)
  })

  it('with an enum of very many symbols finds each of them in the same time', () => {
    const symbols = Array.from({ length: 50_000 }, (_, i) => `s${i}`)
    const items = { type: 'enum', name: 'E', symbols }
    const type = compile({ type: 'record', name: 'R', fields: [{ name: 'a', type: { type: 'array', items } }] })
    const document = { a: Array.from({ length: 100_000 }, (_, i) => `s${49_999 - (i % 7)}`) }
    expect(cost(() => new RecordMemory().write(1, type, document))).toBeLessThan(2_000)
  })
})
