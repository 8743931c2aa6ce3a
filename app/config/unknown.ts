/** Variables that look like ours and are not. Only a warning: an old deployment may hold settings of another program. */
import { nearest } from '../lib/nearest.ts'
import { printable } from '../lib/printable.ts'
import { inCapitals } from './feed-guess.ts'
import type { Env } from './layers.ts'
import type { Report } from './report.ts'

const OURS = /^(KAFKA_SASL_|KAFKA_SSL_|KAFKA_SECURITY_|SCHEMA_REGISTRY_)/
/** Real names of other programs that differ from one of ours by a letter. */
const FOREIGN = new Set(['CACHE_DIR'])
/** A shorter name is too easily that of another program, with one letter changed (LANE and LANG). */
const SHORTEST = 6
/** In longer names a second wrong letter still leaves no doubt. */
const LONG = 10
const MOST_LINES = 10
const LONGEST_SHOWN_BYTES = 100

/** A variable that is none of ours. */
interface Unknown {
  readonly variable: string
  /** The setting that was probably meant. */
  readonly meant: string | undefined
}

/** Variables that are nearly called as one of `known`, or as a setting of a feed (`suffixes`) in lower case, or share a prefix that only settings of ours should have. */
export function unknownVariables(env: Env, known: readonly string[], suffixes: readonly string[]): Unknown[] {
  const names = known.flatMap((name) => [name, `${name}_FILE`])
  const all = new Set(names)
  const endings = suffixes.flatMap((suffix) => [suffix, `${suffix}_FILE`])
  return Object.keys(env)
    .filter((variable) => !all.has(variable) && !variable.startsWith('FEED_') && env[variable]?.trim())
    .map((variable) => ({ variable, meant: inCapitals(variable, endings) ?? meantBy(variable, names) }))
    .filter(({ variable, meant }) => meant !== undefined || OURS.test(variable))
}

function meantBy(variable: string, names: readonly string[]): string | undefined {
  if (variable.length < SHORTEST || FOREIGN.has(variable)) return undefined
  const upper = variable.toUpperCase()
  const long = names.filter((name) => name.length >= LONG)
  return nearest(upper, names, 1) ?? nearest(upper, long, 2)
}

/** A line for each of `unknown`, up to a bound; their values are not shown. */
export function noteUnknown(unknown: readonly Unknown[], report: Report): void {
  for (const { variable, meant } of unknown.slice(0, MOST_LINES)) {
    const name = printable(variable, LONGEST_SHOWN_BYTES)
    const text = `${name} is not a setting of this program and has no effect`
    if (meant === undefined) report.note(name, text)
    else report.ineffective(name, text, `did you mean ${meant}?`)
  }
  const more = unknown.length - MOST_LINES
  if (more > 0) report.note(undefined, `${more} more variables are called nearly as settings of this program`)
}
