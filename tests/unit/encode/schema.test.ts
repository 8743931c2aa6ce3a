/** Which schemas compile: everything that matters for writing, whatever else they carry. */
import { describe, expect, it } from '@jest/globals'
import { RecordMemory } from '../../../app/encode/record-memory.ts'
import { compileSchema } from '../../../app/encode/schema.ts'
import { Unavailable } from '../../../app/errors.ts'

const compile = (...schemas: unknown[]) =>
  compileSchema(
    's-value',
    schemas.map((each) => JSON.stringify(each)),
  )
const hex = (schemas: unknown[], document: unknown): string =>
  new RecordMemory()
    .write(1, compile(...schemas), document)
    .subarray(5)
    .toString('hex')
const record = (name: string, fields: object[], extra: object = {}): object => ({
  type: 'record',
  name,
  fields,
  ...extra,
})
const refusal = (text: string): Unavailable => {
  try {
    compileSchema('s-value', [text])
  } catch (error) {
    if (error instanceof Unavailable) return error
    throw error
  }
  throw new Error('compiled')
}

describe('compileSchema', () => {
  it.each<[string, object, unknown, string]>([
    [
      'illegal aliases',
      record('R', [{ name: 'a', type: 'int', aliases: ['@a', '1', ''] }], { aliases: ['@r'] }),
      { a: 1 },
      '02',
    ],
    ['an illegal order', record('R', [{ name: 'a', type: 'int', order: 'sideways' }]), { a: 1 }, '02'],
    [
      'unknown logical types',
      record('R', [{ name: 'a', type: { type: 'long', logicalType: 'mars-time' } }]),
      { a: 1 },
      '02',
    ],
    [
      'a logical type on a field',
      record('R', [{ name: 'a', type: 'long', logicalType: 'timestamp-millis' }]),
      { a: 1 },
      '02',
    ],
    [
      'the logical type uuid',
      record('R', [{ name: 'a', type: { type: 'string', logicalType: 'uuid' } }]),
      { a: 'x' },
      '0278',
    ],
    [
      'attributes of other tools',
      record('R', [{ name: 'a', type: { type: 'string', 'avro.java.string': 'String' } }]),
      { a: 'x' },
      '0278',
    ],
    ['a null namespace', record('R', [{ name: 'a', type: 'int' }], { namespace: null }), { a: 1 }, '02'],
    [
      'an enum with a default of its own',
      record('R', [{ name: 'a', type: { type: 'enum', name: 'E', symbols: ['X'], default: 'gone' } }]),
      { a: 'X' },
      '00',
    ],
    [
      'a default object with keys like a schema',
      record('R', [{ name: 'a', type: { type: 'map', values: 'int' }, default: { type: 1 } }]),
      {},
      '02087479706502' + '00',
    ],
    ['a top-level map', { type: 'map', values: 'int' }, { a: 1 }, '02026102' + '00'],
    ['a top-level union', ['null', record('R', [{ name: 'a', type: 'int' }])], { a: 1 }, '0202'],
    [
      'a type named twice by name',
      record(
        'R',
        [
          { name: 'a', type: record('I', [{ name: 'x', type: 'int' }]) },
          { name: 'b', type: 'I' },
        ],
        { namespace: 'n.s' },
      ),
      { a: { x: 1 }, b: { x: 2 } },
      '0204',
    ],
    [
      'an object that only refers',
      record('R', [
        { name: 'a', type: { type: 'enum', name: 'E', symbols: ['X'] } },
        { name: 'b', type: { type: 'E' } },
      ]),
      { a: 'X', b: 'X' },
      '0000',
    ],
  ])('takes %s', (_name, schema, document, expected) => {
    expect(hex([schema], document)).toBe(expected)
  })

  it('resolves references three deep through one registry of names', () => {
    const deep = record('Deep', [{ name: 'x', type: 'int' }], { namespace: 'a.b' })
    const middle = record('Middle', [{ name: 'deep', type: 'a.b.Deep' }], { namespace: 'a.c' })
    const top = record('Top', [
      { name: 'm', type: ['null', 'a.c.Middle'] },
      { name: 'd', type: 'a.b.Deep' },
    ])
    expect(hex([deep, middle, top], { m: { deep: { x: 1 } }, d: { x: 2 } })).toBe('020204')
  })

  it('lets a null namespace inherit the one around it', () => {
    const inner = record('I', [{ name: 'x', type: 'int' }], { namespace: null })
    const fields = [
      { name: 'a', type: inner },
      { name: 'b', type: 'n.s.I' },
    ]
    expect(hex([record('R', fields, { namespace: 'n.s' })], { a: { x: 1 }, b: { x: 2 } })).toBe('0204')
  })

  it.each<[string, string]>([
    ['nothing', ''],
    ['half a schema', '{"type":"record"'],
    ['null', 'null'],
    ['a number', '5'],
    ['an unknown type', '{"type":"record","name":"R","fields":[{"name":"a","type":"Nowhere"}]}'],
    ['the name of an inherited property', '{"type":"record","name":"R","fields":[{"name":"a","type":"constructor"}]}'],
    ['a record without fields', '{"type":"record","name":"R"}'],
    ['an illegal field name', '{"type":"record","name":"R","fields":[{"name":"@a","type":"int"}]}'],
    ['a name that would be code', '{"type":"record","name":"R","fields":[{"name":"a;throw 1//","type":"int"}]}'],
    ['a default of the wrong type', '{"type":"record","name":"R","fields":[{"name":"a","type":"int","default":"x"}]}'],
    [
      'a type defined twice',
      JSON.stringify(
        record('R', [
          { name: 'a', type: record('I', []) },
          { name: 'b', type: record('I', []) },
        ]),
      ),
    ],
    ['text', '"string"'],
    ['a list', '{"type":"array","items":"int"}'],
    ['a union without a record', '["null","string"]'],
    ['nesting without end', `${'{"type":"array","items":'.repeat(100_000)}"int"${'}'.repeat(100_000)}`],
  ])('refuses %s', (_name, text) => {
    const { reason, message } = refusal(text)
    expect(reason).toBe('bad_schema')
    expect(message).toContain('s-value')
    expect(message.length).toBeLessThan(300)
  })
})
