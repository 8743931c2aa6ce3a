/** avsc's types, made to refuse what they would write wrongly; the only importer of avsc. */
import avsc from 'avsc'
import { isText, type Tap, writeText } from './tap.ts'

/** A compiled schema, as far as the encoder needs it. */
export interface AvroType {
  readonly typeName: string
  /** Writes `value` at `position`; answers the end, or, when it does not fit, minus the bytes that are missing. */
  encode(value: unknown, buffer: Buffer, position: number): number
  isValid(value: unknown, options: { errorHook: Mismatch }): boolean
}

/** Told of a value that does not fit: its path of field names and indices, the value, and the type that was expected there. */
export type Mismatch = (path: string[], value: unknown, type: AvroType) => void

type Hook = ((value: unknown, type: unknown) => void) | undefined
type Check = (value: unknown, flags: unknown, hook: Hook, path: string[]) => boolean
type Write = (tap: Tap, value: unknown) => void
type Options = Partial<avsc.ForSchemaOptions>
/** The inner methods of avsc's types, as far as they are called from here; its declarations leave them out. */
interface WritingType extends avsc.Type {
  _write(tap: Tap, value: unknown): void
}
type Constructor<T> = new (schema: avsc.Schema, options: Options) => T

/** Thrown while writing; shared, because it says nothing of the value and a stack costs more than a record. */
const MISMATCH = new Error('does not fit the schema')
/** Below it, avsc's arithmetic rounds the zigzag form. */
const MIN_LONG = -(2 ** 52)

/** Of what is being written: fields that the schema does not have, which are left out. Whoever begins sets it to 0. */
export const written = { undeclared: 0 }

/** Compiles schemas that may refer to the named types of those before them; answers the last. Throws what avsc throws. */
export function compile(schemas: readonly unknown[]): AvroType {
  const options: Options = { registry: Object.create(null), typeHook: checkedType }
  let type: avsc.Type | undefined
  for (const schema of schemas) type = avsc.Type.forSchema(schema as avsc.Schema, options)
  if (!type) throw new Error('no schema')
  return type as unknown as AvroType
}

/** Whether documents (JSON objects) can fit the type. */
export function takesObjects(type: AvroType): boolean {
  const branches = 'types' in type ? (type.types as AvroType[]) : [type]
  return branches.some(({ typeName }) => typeName === 'record' || typeName === 'error' || typeName === 'map')
}

class CheckedLong extends avsc.types.LongType {
  _check(value: unknown, _flags: unknown, hook: Hook): boolean {
    return (Number.isSafeInteger(value) && (value as number) >= MIN_LONG) || mismatch(value, this, hook)
  }
  _write(tap: Tap, value: unknown): void {
    if (!Number.isSafeInteger(value) || (value as number) < MIN_LONG) throw MISMATCH
    tap.writeLong(value as number)
  }
}

class CheckedInt extends avsc.types.IntType {
  _write(tap: Tap, value: unknown): void {
    if (value !== ((value as number) | 0)) throw MISMATCH
    tap.writeInt(value as number)
  }
}

class CheckedDouble extends avsc.types.DoubleType {
  _check(value: unknown, _flags: unknown, hook: Hook): boolean {
    return Number.isFinite(value) || mismatch(value, this, hook)
  }
  _write(tap: Tap, value: unknown): void {
    if (!Number.isFinite(value)) throw MISMATCH
    tap.writeDouble(value as number)
  }
}

class CheckedFloat extends avsc.types.FloatType {
  _check(value: unknown, _flags: unknown, hook: Hook): boolean {
    return isFloat(value) || mismatch(value, this, hook)
  }
  _write(tap: Tap, value: unknown): void {
    if (!isFloat(value)) throw MISMATCH
    tap.writeFloat(value as number)
  }
}

class CheckedBoolean extends avsc.types.BooleanType {
  _write(tap: Tap, value: unknown): void {
    if (typeof value !== 'boolean') throw MISMATCH
    tap.writeBoolean(value)
  }
}

class CheckedString extends avsc.types.StringType {
  _check(value: unknown, _flags: unknown, hook: Hook): boolean {
    return isText(value) || mismatch(value, this, hook)
  }
  _write(tap: Tap, value: unknown): void {
    if (typeof value !== 'string' || !writeText(tap, value)) throw MISMATCH
  }
}

/** avsc looks symbols up in a plain object: it takes `["A"]` for `"A"`, and `"constructor"` for the first symbol. */
class CheckedEnum extends avsc.types.EnumType {
  _check(value: unknown, _flags: unknown, hook: Hook): boolean {
    return this.symbols.includes(value as string) || mismatch(value, this, hook)
  }
  _write(tap: Tap, value: unknown): void {
    const index = this.symbols.indexOf(value as string)
    if (index < 0) throw MISMATCH
    tap.writeLong(index)
  }
}

/** Only to spare avsc's error, which spells out schema and value. */
class CheckedArray extends (avsc.types.ArrayType as unknown as Constructor<WritingType>) {
  override _write(tap: Tap, value: unknown): void {
    if (!Array.isArray(value)) throw MISMATCH
    super._write(tap, value)
  }
}

class CheckedMap extends avsc.types.MapType {
  _check(value: unknown, flags: unknown, hook: Hook, path: string[] = []): boolean {
    if (!isObject(value)) return mismatch(value, this, hook)
    // Keys are the upstream's words, not the schema's: the path names none.
    path.push('*')
    let valid = true
    for (const key of Object.keys(value)) {
      const known = isText(key) || mismatch(key, this, hook)
      valid = this.valuesType._check(value[key], flags, hook, path) && known && valid
    }
    path.pop()
    return valid
  }
  _write(tap: Tap, value: unknown): void {
    if (!isObject(value)) throw MISMATCH
    const keys = Object.keys(value)
    if (keys.length > 0) tap.writeLong(keys.length)
    for (const key of keys) {
      if (!writeText(tap, key)) throw MISMATCH
      this.valuesType._write(tap, value[key])
    }
    tap.writeLong(0)
  }
}

/** avsc reads `value.field` of anything: of arrays, strings and, for names such as `constructor`, of every object's prototype. */
interface GeneratedRecord extends avsc.Type {
  readonly fields: avsc.types.Field[]
  _createWriter(): Write
  _createChecker(): Check
}
class CheckedRecord extends (avsc.types.RecordType as unknown as Constructor<GeneratedRecord>) {
  override _createWriter(): Write {
    const write = super._createWriter()
    const own = ownFields(this.fields)
    const countUndeclared = undeclaredIn(this.fields)
    return (tap, value) => {
      if (!isObject(value)) throw MISMATCH
      written.undeclared += countUndeclared(value)
      write(tap, own ? own(value) : value)
    }
  }
  override _createChecker(): Check {
    const check = super._createChecker()
    const own = ownFields(this.fields)
    return (value, flags, hook, path) => {
      if (!isObject(value)) return mismatch(value, this, hook)
      return check.call(this, own ? own(value) : value, flags, hook, path)
    }
  }
}

const PRIMITIVES = new Map<string, avsc.Type>([
  ['long', new CheckedLong()],
  ['int', new CheckedInt()],
  ['double', new CheckedDouble()],
  ['float', new CheckedFloat()],
  ['boolean', new CheckedBoolean()],
  ['string', new CheckedString()],
])
const COMPLEX = new Map<string, Constructor<avsc.Type>>([
  ['record', CheckedRecord],
  ['error', CheckedRecord],
  ['enum', CheckedEnum],
  ['array', CheckedArray],
  ['map', CheckedMap],
])

/** Called by avsc for every schema within a schema; undefined leaves it to avsc. */
function checkedType(schema: avsc.Schema, options: Options): avsc.Type | undefined {
  if (typeof schema === 'string') return PRIMITIVES.get(schema)
  const name = 'type' in schema && typeof schema.type === 'string' ? schema.type : ''
  const Complex = COMPLEX.get(name)
  return Complex ? new Complex(schema, options) : PRIMITIVES.get(name)
}

/** A copy of the declared fields without a prototype; undefined when no field has a name that objects inherit. */
function ownFields(fields: readonly avsc.types.Field[]): ((value: object) => object) | undefined {
  const names = fields.map(({ name }) => name)
  if (!names.some((name) => name in Object.prototype)) return undefined
  return (value) => {
    const copy = Object.create(null)
    for (const name of names) if (Object.hasOwn(value, name)) copy[name] = value[name as keyof typeof value]
    return copy
  }
}

/** Answers how many fields of a value that fits are not among `fields`: those that must be there need not be looked up. */
function undeclaredIn(fields: readonly avsc.types.Field[]): (value: object) => number {
  const optional = fields.filter((field) => field.defaultValue() !== undefined).map(({ name }) => name)
  const required = fields.length - optional.length
  return (value) => {
    let found = -required
    for (const _ in value) found++
    for (let at = 0; found > 0 && at < optional.length; at++) if (Object.hasOwn(value, optional[at] as string)) found--
    return found
  }
}

function isFloat(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(Math.fround(value))
}

function isObject(value: unknown): value is { [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function mismatch(value: unknown, type: unknown, hook: Hook): false {
  hook?.(value, type)
  return false
}
