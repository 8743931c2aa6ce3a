/** avsc's records, made to look at own properties of JSON objects only. */
import { isObject } from '../../../app/lib/json-value.ts'
import {
  type Check,
  type Constructor,
  type CopyOptions,
  type Field,
  type InnerType,
  MISMATCH,
  mismatch,
  ownTable,
  types,
  type Write,
} from './avsc.ts'
import { copies } from './copies.ts'

/** Of what is being written: fields that the schema does not have, which are left out. Whoever begins sets it to 0. */
export const written = { undeclared: 0 }

interface RecordType extends InnerType {
  readonly fields: readonly Field[]
  _createWriter(): Write
  _createChecker(): Check
}

/** avsc reads `value.field` of anything: of arrays, strings and, for names such as `constructor`, of every object's prototype. */
export class CheckedRecord extends (types.RecordType as unknown as Constructor<RecordType>) {
  set _fieldsByName(_: unknown) {
    ownTable(this, '_fieldsByName')
  }
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
  override _copy(value: unknown, options?: CopyOptions): unknown {
    copies(this.fields.length)
    return super._copy(value, options)
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

/** A copy of the declared fields without a prototype; undefined when no field has a name that objects inherit. */
function ownFields(fields: readonly Field[]): ((value: object) => object) | undefined {
  const names = fields.map(({ name }) => name)
  if (!names.some((name) => name in Object.prototype)) return undefined
  return (value) => {
    const copy = Object.create(null)
    for (const name of names) if (Object.hasOwn(value, name)) copy[name] = Reflect.get(value, name)
    return copy
  }
}

/** Returns a function that counts the fields of a fitting value that are not among `fields`. Required fields need no lookup. */
function undeclaredIn(fields: readonly Field[]): (value: object) => number {
  const optional = fields.filter((field) => field.defaultValue() !== undefined).map(({ name }) => name)
  const required = fields.length - optional.length
  return (value) => {
    let found = -required
    for (const _ in value) found++
    for (let at = 0; found > 0 && at < optional.length; at++) if (Object.hasOwn(value, optional[at] as string)) found--
    return found
  }
}
