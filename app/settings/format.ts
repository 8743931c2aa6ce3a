/** Parses the text of a setting. */
import { ConfigError } from '../errors.ts'

/** A piece of JSON Schema (draft 2020-12). */
export type JsonSchema = Readonly<Record<string, unknown>>

/** Allowed form in a file: a plain value, also a list of plain values, or any JSON. */
export type Shape = 'plain' | 'list' | 'json'

/** Properties of a format besides parsing. */
interface Traits<U extends string> {
  /** Whether a problem may show the value. False wherever someone could have put a secret. */
  readonly shown: boolean
  /** Ends the name of the property that holds the value: `Ms`. */
  readonly unit?: U
  readonly shape: Shape
  /** Schema for editors; may be stricter about spelling than `parse`. */
  readonly schema: JsonSchema
  /** The text is the path of a file that `parse` reads. */
  readonly isPath?: boolean
}

/** `parse` throws a `ConfigError` whose problems are predicates ("must be …"): the reader puts the variable's name in front. */
export interface Format<T, U extends string = string> extends Traits<U> {
  /** A noun phrase that completes "must be …"; also the type on the settings page. */
  readonly expects: string
  readonly parse: (text: string) => T
}

const PLAIN = { shown: true, shape: 'plain', schema: { type: ['string', 'number', 'boolean'] } } as const

/** A format from `read`, which returns undefined for invalid text. */
export function format<T, U extends string = ''>(
  expects: string,
  read: (text: string) => T | undefined,
  traits: Partial<Traits<U>> = {},
): Format<T, U> {
  return { ...PLAIN, ...traits, expects, parse: (text) => read(text) ?? refuse(`must be ${expects}`) }
}

/** Most problems of a list reported one by one. */
const MOST_PROBLEMS = 10

/** Throws the predicates as problems; beyond ten, only their number. */
export function refuse(...predicates: readonly string[]): never {
  const more = predicates.length - MOST_PROBLEMS
  throw new ConfigError(
    more > 0 ? [...predicates.slice(0, MOST_PROBLEMS), `has ${more} more items that are wrong`] : predicates,
  )
}
