/** array and map. */
import { isObject } from '../lib/json-value.ts'
import { AS_IS, CONVERTED, type Fault, type FitLevel, faultAt, NO, type Omissions, type TypeNode } from './node.ts'
import { isText, type Tap, writeByte, writeLong, writeText } from './tap.ts'

export class ArrayNode implements TypeNode {
  readonly name = 'array'
  readonly branch = 'array'
  readonly kind = 'array'
  readonly items: TypeNode

  constructor(items: TypeNode) {
    this.items = items
  }

  fit(value: unknown, omitted: Omissions): FitLevel {
    if (!Array.isArray(value)) return NO
    let level: FitLevel = AS_IS
    for (const item of value) {
      const own = this.items.fit(item, omitted)
      if (own === NO) return NO
      if (own === CONVERTED) level = CONVERTED
    }
    return level
  }

  write(tap: Tap, value: unknown): boolean {
    if (!Array.isArray(value)) return false
    const { items } = this
    if (value.length > 0) {
      writeLong(tap, value.length)
      for (let at = 0; at < value.length; at++) if (!items.write(tap, value[at])) return false
    }
    writeByte(tap, 0)
    return true
  }

  fault(value: unknown, path: string[]): Fault | undefined {
    if (!Array.isArray(value)) return faultAt(path, value, this)
    for (const [at, item] of value.entries()) {
      path.push(String(at))
      const fault = this.items.fault(item, path)
      if (fault) return fault
      path.pop()
    }
    return undefined
  }
}

export class MapNode implements TypeNode {
  readonly name = 'map'
  readonly branch = 'map'
  readonly kind = 'object'
  readonly values: TypeNode

  constructor(values: TypeNode) {
    this.values = values
  }

  fit(value: unknown, omitted: Omissions): FitLevel {
    if (!isObject(value)) return NO
    let level: FitLevel = AS_IS
    for (const key of Object.keys(value)) {
      const own = isText(key) ? this.values.fit(value[key], omitted) : NO
      if (own === NO) return NO
      if (own === CONVERTED) level = CONVERTED
    }
    return level
  }

  write(tap: Tap, value: unknown): boolean {
    if (!isObject(value)) return false
    const keys = Object.keys(value)
    if (keys.length > 0) {
      writeLong(tap, keys.length)
      for (const key of keys) if (!writeText(tap, key) || !this.values.write(tap, value[key])) return false
    }
    writeByte(tap, 0)
    return true
  }

  /** Keys come from the upstream, not from the schema, hence paths do not contain them. */
  fault(value: unknown, path: string[]): Fault | undefined {
    if (!isObject(value)) return faultAt(path, value, this)
    path.push('*')
    for (const key of Object.keys(value)) {
      if (!isText(key)) return faultAt(path, key, this)
      const fault = this.values.fault(value[key], path)
      if (fault) return fault
    }
    path.pop()
    return undefined
  }
}
