/** Compiles an Avro schema (1.12) into a plan: a tree of types that convert JSON values. */
import { bytesNode, fixedNode, type SchemaJson, stringNode } from './compile-bytes.ts'
import { ArrayNode, MapNode } from './containers.ts'
import { DefaultRecord, Defaults, DefaultUnion } from './defaults.ts'
import { checkName, fullNameOf, NamedTypes, PRIMITIVES } from './names.ts'
import type { TypeNode } from './node.ts'
import { DoubleNode, FloatNode, IntNode, LongNode } from './number.ts'
import type { FitOptions } from './options.ts'
import { RecordNode } from './record.ts'
import { BooleanNode, EnumNode, nullNode } from './simple.ts'
import { timeNode } from './time.ts'
import { UnionNode } from './union.ts'

/** Limit for a subject with all its references; no real schema comes near. */
const MOST_PARTS = 20_000
/** Defaults are taken literally: no conversion, and bytes are written as Avro JSON. */
const AS_WRITTEN: FitOptions = { coerce: 'none', bytes: 'avro-json', timeUnit: undefined }

/** A type for documents, its variant for defaults, and the kind of JSON value that Avro JSON uses. */
interface CompiledType {
  readonly node: TypeNode
  readonly ofDefaults: TypeNode
  readonly bucket: string
}

/**
 * Compiles schemas and returns the last. Schemas may refer to named types of earlier schemas. Numbers may be
 * `ExactNumber`s.
 * Throws an `Error` for invalid Avro, for defaults that do not fit or are too large, and for more than `MOST_PARTS`
 * types and fields.
 */
export function compilePlan(schemas: readonly unknown[], options: FitOptions): TypeNode {
  const compiler = new Compiler(options)
  let last: CompiledType | undefined
  for (const schema of schemas) last = compiler.made(schema, '')
  if (!last) throw new Error('no schema')
  compiler.finish()
  return last.node
}

class Compiler {
  readonly #options: FitOptions
  readonly #names = new NamedTypes<CompiledType>()
  readonly #defaults = new Defaults()
  /** Tasks that run once all types are known. */
  readonly #later: (() => void)[] = []
  #parts = 0

  constructor(options: FitOptions) {
    this.#options = options
  }

  finish(): void {
    for (const one of this.#later) one()
  }

  made(schema: unknown, namespace: string): CompiledType {
    if (++this.#parts > MOST_PARTS) throw new Error(`it has more than ${MOST_PARTS} types and fields`)
    if (typeof schema === 'string') return this.#byName(schema, {}, namespace)
    if (Array.isArray(schema)) return this.#union(schema, namespace)
    if (typeof schema !== 'object' || schema === null) throw new Error('a schema that is neither name, object nor list')
    const json = schema as SchemaJson
    switch (json.type) {
      case 'record':
      case 'error':
        return this.#record(json, namespace)
      case 'enum':
        return this.#enum(json, namespace)
      case 'fixed':
        return this.#fixed(json, namespace)
      case 'array':
        return this.#around(this.made(json.items, namespace), 'array', (items) => new ArrayNode(items))
      case 'map':
        return this.#around(this.made(json.values, namespace), 'object', (values) => new MapNode(values))
      default:
        return typeof json.type === 'string'
          ? this.#byName(json.type, json, namespace)
          : this.made(json.type, namespace)
    }
  }

  #byName(name: string, json: SchemaJson, namespace: string): CompiledType {
    if (!PRIMITIVES.includes(name)) return this.#names.find(name, namespace)
    const bucket = /^(int|long|float|double)$/.test(name) ? 'number' : name
    return this.#both((options) => primitive(name, json, options), bucket)
  }

  #union(branches: readonly unknown[], namespace: string): CompiledType {
    if (branches.length === 0) throw new Error('a union without branches')
    this.#parts += branches.length
    const all = branches.map((branch) => this.made(branch, namespace))
    const names = all.map(({ node }) => node.branch)
    if (names.includes('union')) throw new Error('a union directly in a union')
    if (new Set(names).size < names.length) throw new Error('two branches of a union with one name')
    const isAmbiguous = new Set(all.map(({ bucket }) => bucket)).size < all.length
    const options = { converts: this.#options.coerce === 'safe', isAmbiguous }
    return {
      node: new UnionNode(
        all.map(({ node }) => node),
        options,
      ),
      ofDefaults: new DefaultUnion(all.map(({ ofDefaults }) => ofDefaults)),
      bucket: 'union',
    }
  }

  #record(json: SchemaJson, around: string): CompiledType {
    const { full, namespace } = fullNameOf(json, around)
    const node = new RecordNode(full)
    const ofDefaults = new DefaultRecord(full, this.#defaults)
    const made = { node, ofDefaults, bucket: 'object' }
    this.#names.define(full, made)
    if (!Array.isArray(json.fields)) throw new Error(`the record ${full} has no list of fields`)
    const fields = json.fields.map((field: unknown) => this.#field(field, namespace))
    const names = fields.map(({ name }) => name)
    const known = new Set(names)
    if (known.size < names.length) throw new Error(`the record ${full} has two fields of one name`)
    ofDefaults.fields = fields.map(({ name, type, fallback }) => ({ name, node: type.ofDefaults, fallback }))
    this.#later.push(() => {
      node.define(
        fields.map(({ name, type, aliases }, at) => {
          const field = ofDefaults.fields[at]
          const fallback = field?.fallback === undefined ? undefined : this.#defaults.bytesOf(field)
          // A field's own name wins over aliases; for duplicate aliases the first field wins.
          const keys = [name, ...aliases.filter((alias) => !known.has(alias))]
          for (const key of keys) known.add(key)
          return { name, keys, node: type.node, fallback }
        }),
      )
    })
    return made
  }

  #field(field: unknown, namespace: string) {
    if (typeof field !== 'object' || field === null) throw new Error('a field that is no object')
    const { name, type, aliases, default: fallback } = field as SchemaJson
    const texts = Array.isArray(aliases) ? aliases.filter((alias) => typeof alias === 'string') : []
    return { name: checkName(name, 'a field'), type: this.made(type, namespace), aliases: texts, fallback }
  }

  #enum(json: SchemaJson, around: string): CompiledType {
    const { full } = fullNameOf(json, around)
    const { symbols, default: fallback } = json
    if (!Array.isArray(symbols) || symbols.length === 0) throw new Error(`the enum ${full} has no list of symbols`)
    for (const symbol of symbols) checkName(symbol, `a symbol of ${full}`)
    if (new Set(symbols).size < symbols.length) throw new Error(`duplicate symbol of the enum ${full}`)
    const instead = typeof fallback === 'string' ? fallback : undefined
    return this.#named(full, 'string', ({ coerce }) => new EnumNode(full, symbols, instead, coerce === 'safe'))
  }

  #fixed(json: SchemaJson, around: string): CompiledType {
    const { full } = fullNameOf(json, around)
    return this.#named(full, 'bytes', (options) => fixedNode(full, json, options))
  }

  #named(full: string, bucket: string, make: (options: FitOptions) => TypeNode): CompiledType {
    const made = this.#both(make, bucket)
    this.#names.define(full, made)
    return made
  }

  #both(make: (options: FitOptions) => TypeNode, bucket: string): CompiledType {
    return { node: make(this.#options), ofDefaults: make(AS_WRITTEN), bucket }
  }

  #around({ node, ofDefaults }: CompiledType, bucket: string, make: (inner: TypeNode) => TypeNode): CompiledType {
    return { node: make(node), ofDefaults: make(ofDefaults), bucket }
  }
}

function primitive(name: string, json: SchemaJson, options: FitOptions): TypeNode {
  const converts = options.coerce === 'safe'
  switch (name) {
    case 'null':
      return nullNode
    case 'boolean':
      return new BooleanNode(converts)
    case 'int':
      return timeNode(name, json.logicalType, options.timeUnit, converts) ?? new IntNode(converts)
    case 'long':
      return timeNode(name, json.logicalType, options.timeUnit, converts) ?? new LongNode(converts)
    case 'float':
      return new FloatNode(converts)
    case 'double':
      return new DoubleNode(converts)
    case 'bytes':
      return bytesNode(json, options)
    default:
      return stringNode(converts)
  }
}
