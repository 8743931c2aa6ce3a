/** avsc's enums, arrays and maps, made to refuse what they would write wrongly. */
import { isObject } from '../../../app/lib/json-value.ts'
import {
  type Constructor,
  type CopyOptions,
  type Hook,
  type InnerType,
  MISMATCH,
  mismatch,
  ownTable,
  types,
} from './avsc.ts'
import { copies } from './copies.ts'
import { isText, type Tap, writeText } from './tap.ts'

/** avsc takes `["A"]` for `"A"`. */
export class CheckedEnum extends types.EnumType {
  set _indices(_: unknown) {
    ownTable(this, '_indices')
  }
  _check(value: unknown, _flags: unknown, hook: Hook): boolean {
    return indexOf(this, value) !== undefined || mismatch(value, this, hook)
  }
  _write(tap: Tap, value: unknown): void {
    const index = indexOf(this, value)
    if (index === undefined) throw MISMATCH
    tap.writeLong(index)
  }
}

/** So many symbols are looked through faster than a table is asked. */
const FEW = 8

function indexOf(type: object, value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined
  const { symbols, _indices } = type as { symbols: readonly string[]; _indices: Readonly<Record<string, number>> }
  if (symbols.length > FEW) return _indices[value]
  const index = symbols.indexOf(value)
  return index < 0 ? undefined : index
}

/** Only to spare avsc's error, which spells out schema and value. */
export class CheckedArray extends (types.ArrayType as unknown as Constructor<InnerType>) {
  override _write(tap: Tap, value: unknown): void {
    if (!Array.isArray(value)) throw MISMATCH
    super._write(tap, value)
  }
  override _copy(value: unknown, options?: CopyOptions): unknown {
    if (Array.isArray(value)) copies(value.length)
    return super._copy(value, options)
  }
}

interface MapType extends InnerType {
  readonly valuesType: InnerType
}

export class CheckedMap extends (types.MapType as unknown as Constructor<MapType>) {
  override _check(value: unknown, flags: unknown, hook: Hook, path: string[] = []): boolean {
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
  override _write(tap: Tap, value: unknown): void {
    if (!isObject(value)) throw MISMATCH
    const keys = Object.keys(value)
    if (keys.length > 0) tap.writeLong(keys.length)
    for (const key of keys) {
      if (!writeText(tap, key)) throw MISMATCH
      this.valuesType._write(tap, value[key])
    }
    tap.writeLong(0)
  }
  /** Without a prototype, which a key such as `__proto__` would change. */
  override _copy(value: unknown, options?: CopyOptions): unknown {
    if (!isObject(value)) throw MISMATCH
    const copy = Object.create(null)
    const keys = Object.keys(value)
    copies(keys.length)
    for (const key of keys) copy[key] = this.valuesType._copy(value[key], options)
    return copy
  }
}
