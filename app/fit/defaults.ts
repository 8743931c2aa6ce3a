/** Writes default values once, when a schema is compiled. */
import { isObject } from '../lib/json-value.ts'
import { AS_IS, type Fault, type FitLevel, faultAt, NO, type TypeNode } from './node.ts'
import { Tap, writeFixed, writeLong } from './tap.ts'

/** Limit for all defaults of a schema, in bytes. Defaults of nested records can double with each level. */
const MOST_DEFAULT_BYTES = 16 * 1024 * 1024
const FIRST_BYTES = 1_024
const MOST_SHOWN = 60

/** A field during compilation. `fallback`: its JSON default, or undefined. */
export interface DefaultField {
  readonly name: string
  readonly node: TypeNode
  readonly fallback: unknown
}

/** Writes the defaults of one schema. */
export class Defaults {
  #left = MOST_DEFAULT_BYTES
  readonly #written = new Map<DefaultField, Uint8Array | 'begun'>()

  /** The bytes of a field's default. Throws if the default does not fit, contains itself, or is too large. */
  bytesOf(field: DefaultField): Uint8Array {
    const known = this.#written.get(field)
    if (known === 'begun') throw new Error(`the default of ${field.name} holds itself`)
    if (known) return known
    this.#written.set(field, 'begun')
    const bytes = this.#bytes(field, FIRST_BYTES)
    this.#left -= bytes.length
    if (this.#left < 0) throw new Error(`its defaults hold more than ${MOST_DEFAULT_BYTES / 1024 / 1024} MiB`)
    this.#written.set(field, bytes)
    return bytes
  }

  #bytes(field: DefaultField, size: number): Uint8Array {
    const tap = new Tap()
    tap.buffer = Buffer.alloc(size)
    if (!field.node.write(tap, field.fallback))
      throw new Error(`default ${shownDefault(field)} of ${field.name}: it does not fit the type`)
    return tap.position <= size ? tap.buffer.subarray(0, tap.position) : this.#bytes(field, tap.position)
  }
}

/** Defaults come from the schema and hold no secrets. */
function shownDefault({ fallback }: DefaultField): string {
  const text = JSON.stringify(fallback)
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text
}

/** A record in a default: missing fields take their own defaults. */
export class DefaultRecord implements TypeNode {
  readonly name = 'record'
  readonly branch: string
  readonly kind = 'object'
  readonly #defaults: Defaults
  fields: readonly DefaultField[] = []

  constructor(fullName: string, defaults: Defaults) {
    this.branch = fullName
    this.#defaults = defaults
  }

  fit(value: unknown): FitLevel {
    if (!isObject(value)) return NO
    const fits = this.fields.every(({ name, node, fallback }) =>
      Object.hasOwn(value, name)
        ? node.fit(value[name], { undeclared: 0, defaulted: 0 }) !== NO
        : fallback !== undefined,
    )
    return fits ? AS_IS : NO
  }

  write(tap: Tap, value: unknown): boolean {
    if (!isObject(value)) return false
    for (const field of this.fields) {
      if (Object.hasOwn(value, field.name)) {
        if (!field.node.write(tap, value[field.name])) return false
      } else if (field.fallback === undefined) return false
      else writeFixed(tap, this.#defaults.bytesOf(field))
    }
    return true
  }

  fault(value: unknown, path: string[]): Fault | undefined {
    return this.fit(value) === NO ? faultAt(path, value, this) : undefined
  }
}

/** A union in a default: the first fitting branch (Avro 1.12; earlier versions allow only the first branch). */
export class DefaultUnion implements TypeNode {
  readonly name = 'union'
  readonly branch = 'union'
  readonly kind = undefined
  readonly #branches: readonly TypeNode[]

  constructor(branches: readonly TypeNode[]) {
    this.#branches = branches
  }

  fit(value: unknown): FitLevel {
    return this.#indexOf(value) < 0 ? NO : AS_IS
  }

  write(tap: Tap, value: unknown): boolean {
    const index = this.#indexOf(value)
    if (index < 0) return false
    writeLong(tap, index)
    return this.#branches[index]?.write(tap, value) ?? false
  }

  fault(value: unknown, path: string[]): Fault | undefined {
    return this.#indexOf(value) < 0 ? faultAt(path, value, this) : undefined
  }

  #indexOf(value: unknown): number {
    return this.#branches.findIndex((branch) => branch.fit(value, { undeclared: 0, defaulted: 0 }) !== NO)
  }
}
