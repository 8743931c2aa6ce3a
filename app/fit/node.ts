/** The interface of a plan's types. */
import { ExactNumber } from '../lib/json-value.ts'
import type { Tap } from './tap.ts'

/** How well a value fits a type. */
export const NO = 0
/** Fits after a conversion that keeps the meaning. */
export const CONVERTED = 1
export const AS_IS = 2
export type FitLevel = typeof NO | typeof CONVERTED | typeof AS_IS

/** Kinds of JSON values. */
export type JsonKind = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object'

/** The kind of a JSON value; undefined for other values. */
export function kindOf(value: unknown): JsonKind | undefined {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (value instanceof ExactNumber) return 'number'
  const type = typeof value
  return type === 'boolean' || type === 'number' || type === 'string' || type === 'object' ? type : undefined
}

/** Differences between a document and its schema; used to choose among records of a union. */
export interface Omissions {
  /** Fields of the document that the schema does not have. */
  undeclared: number
  /** Fields of the schema that took their default. */
  defaulted: number
}

/** Where a document does not fit: path, value and expected type. */
export interface Fault {
  readonly path: readonly string[]
  readonly value: unknown
  readonly node: TypeNode
}

/** One type of a plan. References to a named type are the same object, therefore plans may be cyclic. */
export interface TypeNode {
  /** Name for errors: Avro's name, the logical type, or the full name of a record. */
  readonly name: string
  /** Name of the branch in Avro JSON: the full name of a named type, otherwise the name of the type. */
  readonly branch: string
  /** Kind of JSON value that fits without conversion; undefined for a union. */
  readonly kind: JsonKind | undefined
  /** How well `value` fits. Adds to `omitted`. */
  fit(value: unknown, omitted: Omissions): FitLevel
  /**
   * Writes `value` and adds to `written`. Returns false if the value does not fit; bytes written so far are then
   * invalid.
   */
  write(tap: Tap, value: unknown): boolean
  /**
   * The first fault in `value`; undefined if the value fits. `path`: position of the value; unchanged on return unless
   * there is a fault.
   */
  fault(value: unknown, path: string[]): Fault | undefined
}

/** A fault at a copy of `path`. */
export function faultAt(path: readonly string[], value: unknown, node: TypeNode): Fault {
  return { path: [...path], value, node }
}

/** Fields of the last written document that the schema does not have. `Plan.encode` resets the count. */
export const written = { undeclared: 0 }

/** Number of the current document. Unions discard results of earlier documents. */
export const document = { number: 0 }

/** A type without inner types. Reads a JSON value into `T` and writes `T`. */
export abstract class Leaf<T> implements TypeNode {
  abstract readonly name: string
  abstract readonly branch: string
  abstract readonly kind: JsonKind
  readonly #converts: boolean

  /** `converts`: whether to convert values of other kinds. */
  constructor(converts: boolean) {
    this.#converts = converts
  }

  fit(value: unknown): FitLevel {
    if (this.taken(value) !== undefined) return AS_IS
    return this.#converts && this.converted(value) !== undefined ? CONVERTED : NO
  }

  write(tap: Tap, value: unknown): boolean {
    const read = this.taken(value) ?? (this.#converts ? this.converted(value) : undefined)
    if (read === undefined) return false
    this.put(tap, read)
    return true
  }

  fault(value: unknown, path: string[]): Fault | undefined {
    return this.fit(value) === NO ? faultAt(path, value, this) : undefined
  }

  /** Reads a value of the type's own kind; undefined if the value does not fit. */
  protected abstract taken(value: unknown): T | undefined
  /** Reads a value of another kind. */
  protected converted(_value: unknown): T | undefined {
    return undefined
  }
  protected abstract put(tap: Tap, read: T): void
}
