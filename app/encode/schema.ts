/** From the registry's schema texts to a compiled type. */
import { Unavailable } from '../errors.ts'
import { parseExactly } from '../lib/lossless-json.ts'
import { type AvroType, compile, takesObjects } from './checked-types.ts'

/** Longest part of a library's error that is shown, in characters. */
const MAX_REASON = 200
/** Of a subject with all that it refers to; no honest schema comes near. */
const MOST_PARTS = 20_000
/** What avsc adds to each problem with a union's default; since Avro 1.12 it is not so. */
const FIRST_BRANCH = /, union defaults must match the first branch's type.*$/s

interface Json {
  readonly [name: string]: unknown
}

/**
 * Compiles the schema texts of a subject: those it refers to first, its own last. Defaults keep the digits of their text.
 * Aliases, documentation, orders and logical types do not matter for writing and are left out: an illegal alias or an
 * unknown logical type does no harm. Throws `Unavailable` (`bad_schema`), also for a schema that no JSON object can fit, and for
 * one that would take long: of more than `MOST_PARTS` types and fields, or with defaults that grow with each other.
 */
export function compileSchema(subject: string, texts: readonly string[]): AvroType {
  const type = attempt(subject, () => {
    const parts = new Parts()
    return compile(texts.map((text) => written(parseExactly(text), parts)))
  })
  if (takesObjects(type)) return type
  throw new Unavailable(
    'bad_schema',
    `the schema of ${subject} is a ${type.typeName}: documents need a record or a map`,
  )
}

function attempt(subject: string, make: () => AvroType): AvroType {
  try {
    return make()
  } catch (cause) {
    const said = String((cause as Error | undefined)?.message ?? cause).replace(FIRST_BRANCH, '')
    const reason = said.length > MAX_REASON ? `${said.slice(0, MAX_REASON)}…` : said
    throw new Unavailable('bad_schema', `the schema of ${subject} cannot be used: ${reason}`, { cause })
  }
}

/** Counts types and fields: compiling takes a tenth of a millisecond for each, in which nothing else goes on. */
class Parts {
  #count = 0

  add(count: number): void {
    this.#count += count
    if (this.#count > MOST_PARTS) throw new Error(`it has more than ${MOST_PARTS} types and fields`)
  }
}

/** The part of a schema that decides what is written. */
function written(schema: unknown, parts: Parts): unknown {
  parts.add(1)
  if (Array.isArray(schema)) return schema.map((branch) => written(branch, parts))
  if (!isJson(schema)) return schema
  switch (schema.type) {
    case 'record':
    case 'error':
      return { ...named(schema), fields: list(schema.fields).map((one) => field(one, parts)) }
    case 'enum':
      return { ...named(schema), symbols: schema.symbols }
    case 'fixed':
      return { ...named(schema), size: schema.size }
    case 'array':
      return { type: 'array', items: written(schema.items, parts) }
    case 'map':
      return { type: 'map', values: written(schema.values, parts) }
    default:
      // `{"type": "long", "logicalType": …}` is a long, `{"type": "ns.Name"}` a reference.
      return written(schema.type, parts)
  }
}

function named({ type, name, namespace }: Json): Json {
  return typeof namespace === 'string' ? { type, name, namespace } : { type, name }
}

function field(value: unknown, parts: Parts): Json {
  const { name, type, default: fallback } = isJson(value) ? value : {}
  const one = { name, type: written(type, parts) }
  return fallback === undefined ? one : { ...one, default: fallback }
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error('a record without a list of fields')
  return value
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null
}
