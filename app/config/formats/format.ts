/** How the text of a setting becomes its value. */
import { ConfigError } from '../../errors.ts'

/** `parse` throws a `ConfigError` whose problems are predicates ("must be …"): the reader puts the variable's name in front. */
export interface Format<T> {
  /** A noun phrase that completes "must be …"; also the type on the settings page. */
  readonly expects: string
  /** Whether a problem may show the value. False wherever someone could have put a secret. */
  readonly shown: boolean
  readonly parse: (text: string) => T
}

/** A format whose `read` answers undefined for what it does not take. */
export function format<T>(expects: string, read: (text: string) => T | undefined, shown = true): Format<T> {
  return { expects, shown, parse: (text) => read(text) ?? refuse(`must be ${expects}`) }
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
