/** What every type of a plan does with a JSON value. */
import { ExactNumber } from '../lib/json-value.ts'
import type { Tap } from './tap.ts'

/** How well a value fits a type. */
export const NO = 0
/** It fits after a conversion that does not change its meaning. */
export const CONVERTED = 1
export const AS_IS = 2
export type FitLevel = typeof NO | typeof CONVERTED | typeof AS_IS

/** Kinds of JSON values. */
export type JsonKind = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object'

/** The kind of a JSON value; undefined for what is none. */
export function kindOf(value: unknown): JsonKind | undefined {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (value instanceof ExactNumber) return 'number'
  const type = typeof value
  return type === 'boolean' || type === 'number' || type === 'string' || type === 'object' ? type : undefined
}

/** What a document leaves out of the schema, and the schema out of the document. Tells the records of a union apart. */
export interface Omissions {
  /** Fields of the document that the schema does not have. */
  undeclared: number
  /** Fields of the schema that took their default. */
  defaulted: number
}

/** Where a document does not fit: the value there, and the type that was expected. */
export interface Fault {
  readonly path: readonly string[]
  readonly value: unknown
  readonly node: TypeNode
}

/** One type of a plan. A named type that is referred to is the same object, so plans may be cyclic. */
export interface TypeNode {
  /** The type as errors name it: Avro's name, the logical type, or the full name of a record. */
  readonly name: string
  /** What Avro JSON calls it where it is a branch of a union: the full name of a named type, else that of the type. */
  readonly branch: string
  /** The kind of JSON value that it takes as it is; undefined for a union. */
  readonly kind: JsonKind | undefined
  /** How well `value` fits. Adds to `omitted`. */
  fit(value: unknown, omitted: Omissions): FitLevel
  /** Writes `value`, and adds to `written`. Returns false where it does not fit; what was written then does not count. */
  write(tap: Tap, value: unknown): boolean
  /** The first place where `value` does not fit; undefined where it does. `path`: where the value stands; it comes back as it was, unless there is a fault. */
  fault(value: unknown, path: string[]): Fault | undefined
}

/** A fault at `path`, which may be used again. */
export function faultAt(path: readonly string[], value: unknown, node: TypeNode): Fault {
  return { path: [...path], value, node }
}

/** What `write` left out and took from defaults. Whoever begins a document sets it to 0. */
export const written: Omissions & { converted: number } = { undeclared: 0, defaulted: 0, converted: 0 }

/** Which document is being written: what unions remember of another one is out of date. */
export const document = { number: 0 }

/** A type without types inside: it reads a JSON value into `T`, and writes that. */
export abstract class Leaf<T> implements TypeNode {
  abstract readonly name: string
  abstract readonly branch: string
  abstract readonly kind: JsonKind
  readonly #converts: boolean

  /** `converts`: whether values of another kind are converted. */
  constructor(converts: boolean) {
    this.#converts = converts
  }

  fit(value: unknown): FitLevel {
    if (this.taken(value) !== undefined) return AS_IS
    return this.#converts && this.converted(value) !== undefined ? CONVERTED : NO
  }

  write(tap: Tap, value: unknown): boolean {
    const read = this.taken(value) ?? this.#conversion(value)
    if (read === undefined) return false
    this.put(tap, read)
    return true
  }

  fault(value: unknown, path: string[]): Fault | undefined {
    return this.fit(value) === NO ? faultAt(path, value, this) : undefined
  }

  /** What a value of the type's own kind means; undefined where it does not fit. */
  protected abstract taken(value: unknown): T | undefined
  /** What another value means. */
  protected converted(_value: unknown): T | undefined {
    return undefined
  }
  protected abstract put(tap: Tap, read: T): void

  #conversion(value: unknown): T | undefined {
    const read = this.#converts ? this.converted(value) : undefined
    if (read !== undefined) written.converted++
    return read
  }
}
