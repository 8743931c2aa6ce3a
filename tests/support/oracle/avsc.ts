/** The one importer of avsc, and what its declarations leave out of its types. */
import avsc from 'avsc'
import type { Tap } from './tap.ts'

export const { types, Type } = avsc
export type AvscType = avsc.Type
export type Schema = avsc.Schema
export type Field = avsc.types.Field
export type Options = Partial<avsc.ForSchemaOptions>

/** A compiled schema, as far as the encoder needs it. */
export interface AvroType {
  readonly typeName: string
  /** Full name of a named type, else that of the type; undefined for a union. */
  readonly branchName?: string | undefined
  /** The branches of a union. */
  readonly types?: readonly AvroType[]
  /** The symbols of an enum. */
  readonly symbols?: readonly string[]
  /** Writes `value` at `position`. Returns the end, or, when it does not fit, minus the bytes that are missing. */
  encode(value: unknown, buffer: Buffer, position: number): number
  isValid(value: unknown, options: { errorHook: Mismatch }): boolean
}

/** Told of a value that does not fit: its path of field names and indices, the value, and the type that was expected there. */
export type Mismatch = (path: string[], value: unknown, type: AvroType) => void

export type Hook = ((value: unknown, type: unknown) => void) | undefined
export type Check = (value: unknown, flags: unknown, hook: Hook, path: string[]) => boolean
export type Write = (tap: Tap, value: unknown) => void
export type Constructor<T> = new (schema: Schema, options: Options) => T

/** The inner methods of avsc's types, as far as they are called from here. */
export interface InnerType extends AvscType {
  _check(value: unknown, flags: unknown, hook: Hook, path?: string[]): boolean
  _write(tap: Tap, value: unknown): void
  /** `options.wrap` is 2 for the default of a field. Throws when the value does not fit. */
  _copy(value: unknown, options?: CopyOptions): unknown
}

export interface CopyOptions {
  readonly wrap?: number
}

/** Thrown while writing; shared, because it says nothing of the value and a stack costs more than a record. */
export const MISMATCH = new Error('does not fit the schema')

/**
 * For setters that avsc's constructors meet where they make a table by name: it becomes one without a prototype, in which
 * names such as `constructor` and `__proto__` are names like others.
 */
export function ownTable(type: object, name: string): void {
  Object.defineProperty(type, name, { value: Object.create(null) })
}

/** Calls `hook`, if there is one, and returns false. */
export function mismatch(value: unknown, type: unknown, hook: Hook): false {
  hook?.(value, type)
  return false
}
