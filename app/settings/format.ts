/** How the text of a setting becomes its value. */
import { ConfigError } from '../errors.ts'

/** A piece of JSON Schema (draft 2020-12). */
export type JsonSchema = Readonly<Record<string, unknown>>

/** What a setting may be in a file: one plain value, a list of plain values too, or anything that JSON can hold. */
export type Shape = 'plain' | 'list' | 'json'

/** What is said of a format beside how it reads. */
interface Traits<U extends string> {
  /** Whether a problem may show the value. False wherever someone could have put a secret. */
  readonly shown: boolean
  /** Ends the name of the property that holds the value: `Ms`. */
  readonly unit?: U
  readonly shape: Shape
  /** What an editor may offer and check in a file. It may be stricter about spelling than `parse`. */
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

/** A format whose `read` returns undefined for what it does not take. */
export function format<T, U extends string = ''>(
  expects: string,
  read: (text: string) => T | undefined,
  traits: Partial<Traits<U>> = {},
): Format<T, U> {
  return { ...PLAIN, ...traits, expects, parse: (text) => read(text) ?? refuse(`must be ${expects}`) }
}

/** Of a list so many items are told one by one. */
const MOST_PROBLEMS = 10

/** Throws the predicates as problems, those beyond the first ten as a number. */
export function refuse(...predicates: readonly string[]): never {
  const more = predicates.length - MOST_PROBLEMS
  throw new ConfigError(
    more > 0 ? [...predicates.slice(0, MOST_PROBLEMS), `has ${more} more items that are wrong`] : predicates,
  )
}
