/** Schemas compiled by avsc, with types that refuse what avsc would write wrongly. */
import { type AvroType, type AvscType, type Constructor, type Options, type Schema, Type } from './avsc.ts'
import { CheckedArray, CheckedEnum, CheckedMap } from './checked-complex.ts'
import { primitives } from './checked-primitives.ts'
import { CheckedRecord } from './checked-record.ts'
import { union } from './checked-union.ts'
import { withinCopies } from './copies.ts'

export type { AvroType, Mismatch } from './avsc.ts'

const COMPLEX = new Map<string, Constructor<AvscType>>([
  ['record', CheckedRecord],
  ['error', CheckedRecord],
  ['enum', CheckedEnum],
  ['array', CheckedArray],
  ['map', CheckedMap],
])

/** Compiles schemas that may refer to the named types of those before them; answers the last. Throws what avsc throws, and where defaults hold too much. */
export function compile(schemas: readonly unknown[]): AvroType {
  const options: Options = { registry: Object.create(null), typeHook: checkedType }
  const type = withinCopies(() => {
    let last: AvscType | undefined
    for (const schema of schemas) last = Type.forSchema(schema as Schema, options)
    return last
  })
  if (!type) throw new Error('no schema')
  return type as unknown as AvroType
}

/** Whether documents (JSON objects) can fit the type. */
export function takesObjects(type: AvroType): boolean {
  const branches = type.types ?? [type]
  return branches.some(({ typeName }) => typeName === 'record' || typeName === 'error' || typeName === 'map')
}

/** Called by avsc for every schema within a schema; undefined leaves it to avsc. */
function checkedType(schema: Schema, options: Options): AvscType | undefined {
  if (Array.isArray(schema)) return union(schema, options)
  if (typeof schema === 'string') return primitives.get(schema)
  const name = 'type' in schema && typeof schema.type === 'string' ? schema.type : ''
  const Complex = COMPLEX.get(name)
  return Complex ? new Complex(schema, options) : primitives.get(name)
}
