/** record. Only own properties of a JSON object count. */
import { isObject } from '../lib/json-value.ts'
import {
  AS_IS,
  CONVERTED,
  type Fault,
  type FitLevel,
  faultAt,
  NO,
  type Omissions,
  type TypeNode,
  written,
} from './node.ts'
import { ownOf, recordWriter, type WriteRecord } from './record-code.ts'
import type { Tap } from './tap.ts'

/** A field of a record. */
export interface Field {
  readonly name: string
  /** Names of the field in documents: its own, then its aliases. */
  readonly keys: readonly string[]
  readonly node: TypeNode
  /** Bytes to write for a missing field; undefined if the field is required. */
  readonly fallback: Uint8Array | undefined
}

export class RecordNode implements TypeNode {
  readonly name = 'record'
  readonly branch: string
  readonly kind = 'object'
  #fields: readonly Field[] = []
  #write: WriteRecord = () => false

  constructor(fullName: string) {
    this.branch = fullName
  }

  get fields(): readonly Field[] {
    return this.#fields
  }

  /** Called once. Set after construction, because fields may have the record's own type. */
  define(fields: readonly Field[]): void {
    this.#fields = fields
    this.#write = recordWriter(fields)
  }

  fit(value: unknown, omitted: Omissions): FitLevel {
    if (!isObject(value)) return NO
    let level: FitLevel = AS_IS
    let found = 0
    for (const { keys, node, fallback } of this.#fields) {
      const given = ownOf(value, keys)
      if (given === undefined) {
        if (fallback === undefined) return NO
        omitted.defaulted++
        continue
      }
      found++
      const own = node.fit(given, omitted)
      if (own === NO) return NO
      if (own === CONVERTED) level = CONVERTED
    }
    omitted.undeclared += Object.keys(value).length - found
    return level
  }

  write(tap: Tap, value: unknown): boolean {
    return isObject(value) && this.#write(tap, value, written)
  }

  fault(value: unknown, path: string[]): Fault | undefined {
    if (!isObject(value)) return faultAt(path, value, this)
    for (const { name, keys, node, fallback } of this.#fields) {
      const given = ownOf(value, keys)
      if (given === undefined && fallback !== undefined) continue
      path.push(name)
      const fault = given === undefined ? faultAt(path, given, node) : node.fault(given, path)
      if (fault) return fault
      path.pop()
    }
    return undefined
  }
}
