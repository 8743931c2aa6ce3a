/** The encoder of version 0.1.0, kept to compare with: what it took has to give equal bytes. */
import { parseExactly } from '../../../app/lib/lossless-json.ts'
import { type AvroType, compile } from './checked-types.ts'

interface Json {
  readonly [name: string]: unknown
}

/** Compiles a schema's text. Throws what avsc throws. */
export function oracleType(text: string): AvroType {
  return compile([written(parseExactly(text))])
}

/** The body of a record; undefined where 0.1.0 refused it. */
export function oracleBytes(type: AvroType, document: unknown): Buffer | undefined {
  const buffer = Buffer.alloc(65_536)
  try {
    const end = type.encode(document, buffer, 0)
    if (end < 0) throw new RangeError('too small')
    return buffer.subarray(0, end)
  } catch (error) {
    if (error instanceof RangeError) throw error
    return undefined
  }
}

/** The part of a schema that decides what is written. */
function written(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map((branch) => written(branch))
  if (!isJson(schema)) return schema
  switch (schema.type) {
    case 'record':
    case 'error':
      return { ...named(schema), fields: list(schema.fields).map((one) => field(one)) }
    case 'enum':
      return { ...named(schema), symbols: schema.symbols }
    case 'fixed':
      return { ...named(schema), size: schema.size }
    case 'array':
      return { type: 'array', items: written(schema.items) }
    case 'map':
      return { type: 'map', values: written(schema.values) }
    default:
      // `{"type": "long", "logicalType": …}` is a long, `{"type": "ns.Name"}` a reference.
      return written(schema.type)
  }
}

function named({ type, name, namespace }: Json): Json {
  return typeof namespace === 'string' ? { type, name, namespace } : { type, name }
}

function field(value: unknown): Json {
  const { name, type, default: fallback } = isJson(value) ? value : {}
  const one = { name, type: written(type) }
  return fallback === undefined ? one : { ...one, default: fallback }
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error('a record without a list of fields')
  return value
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null
}
