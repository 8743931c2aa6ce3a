/** Which schemas no plain JSON document fits. */
import { describe, expect, it } from '@jest/globals'
import { misfitOf } from '../../../app/encode/misfit.ts'
import { compileSchema } from '../../../app/encode/schema.ts'
import { DEFAULT_FIT } from '../../../app/fit/options.ts'

const record = (...fields: object[]) => ({ type: 'record', name: 'R', fields })
const field = (name: string, type: unknown, more: object = {}) => ({ name, type, ...more })
const inner = (name: string, ...fields: object[]) => ({ type: 'record', name, namespace: 't.ex', fields })
const misfit = (schema: unknown, coerce: 'safe' | 'none' = 'safe') =>
  misfitOf(compileSchema('s-value', [JSON.stringify(schema)], { ...DEFAULT_FIT, coerce }))

describe('no document fits', () => {
  it.each([
    [
      'a union of records',
      record(field('k', 'string'), field('u', [inner('U1', field('a', 'string')), inner('U2', field('b', 'string'))])),
      { path: 'u', why: expect.stringContaining('t.ex.U1 and t.ex.U2') },
    ],
    [
      'a union of numbers',
      record(field('n', ['long', 'double'])),
      { path: 'n', why: expect.stringContaining('told apart') },
    ],
    ['one deep within', record(field('a', inner('I', field('n', ['int', 'float'])))), { path: 'a.n' }],
    ['bytes', record(field('b', 'bytes')), { path: 'b', why: 'no JSON value fits bytes' }],
    ['a fixed', record(field('f', { type: 'fixed', name: 'F', size: 4 })), { path: 'f' }],
    ['a record that holds itself', record(field('r', 'R')), { path: 'r', why: expect.stringContaining('without end') }],
  ])('%s that is required', (_what, schema, expected) => {
    expect(misfit(schema, 'none')).toMatchObject(expected)
  })
})

describe('a document fits', () => {
  it.each([
    [
      'every plain type',
      record(...['null', 'boolean', 'int', 'long', 'float', 'double', 'string'].map((t) => field(t, t))),
    ],
    [
      'the same with a default',
      record(field('b', 'bytes', { default: '' }), field('n', ['long', 'double'], { default: 0 })),
    ],
    [
      'an empty array or map of them',
      record(field('a', { type: 'array', items: 'bytes' }), field('m', { type: 'map', values: 'bytes' })),
    ],
    ['a union that null fits', record(field('u', ['null', 'long', 'double']))],
    ['a union with one branch that fits', record(field('u', ['bytes', 'string']))],
    ['a union that is told apart', record(field('u', ['string', 'long', inner('I', field('a', 'int'))]))],
    ['an enum', record(field('e', { type: 'enum', name: 'E', symbols: ['A'] }))],
    ['a record that holds itself or null', record(field('r', ['R', 'null']))],
    ['a map', { type: 'map', values: 'bytes' }],
    [
      'a union of documents of which one fits',
      [inner('A', field('b', 'bytes')), inner('B', field('b', 'string')), 'null'],
    ],
    [
      'fields with the names of what objects inherit',
      record(field('__proto__', 'string'), field('constructor', 'int')),
    ],
  ])('%s', (_what, schema) => {
    expect(misfit(schema)).toBeUndefined()
  })

  it('that holds a type which was judged too early elsewhere', () => {
    const y = inner('Y', field('x', 'X'))
    const x = { type: 'record', name: 'X', namespace: 't.ex', fields: [field('y', [y, 'null']), field('z', 'Y')] }
    // X holds Y holds X: no end.
    expect(misfit(x)).toMatchObject({ path: 'z.x' })
    const fine = { type: 'record', name: 'X', namespace: 't.ex', fields: [field('y', [y, 'null'])] }
    expect(misfit(record(field('x', fine), field('y', 't.ex.Y')))).toBeUndefined()
  })

  it('is not denied where that would take too long to find out', () => {
    const last = inner('A20', field('b', 'bytes'))
    const level = (at: number): object => {
      const next = at === 19 ? last : level(at + 1)
      return inner(`A${at}`, field('u', [inner(`B${at}`, field('x', next)), inner(`C${at}`, field('x', `A${at + 1}`))]))
    }
    const startedAt = performance.now()
    expect(misfit(level(0))).toBeUndefined()
    expect(performance.now() - startedAt).toBeLessThan(5_000)
  })
})
