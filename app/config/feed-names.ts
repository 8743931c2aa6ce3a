/** Splits `FEED_<NAME>_<SUFFIX>` variables, and says what was probably meant by one that cannot be split. */
import type { Env } from './lookup.ts'
import { nearest } from './nearest.ts'

/** What Kubernetes puts into the environment for a service whose name begins with "feed-". */
const SERVICE_LINK = /_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_\w+)?)$/

interface Split {
  /** Names of feeds, as in the variables, in order of first appearance. */
  readonly names: ReadonlySet<string>
  readonly problems: readonly string[]
}

/** All feeds named in the environment. The longest known suffix wins: `FEED_A_KEY_FIELD` is the KEY_FIELD of A. */
export function feedNames(env: Env, suffixes: readonly string[]): Split {
  const endings = suffixes.flatMap((suffix) => [suffix, `${suffix}_FILE`]).sort((a, b) => b.length - a.length)
  const rests = Object.keys(env)
    .filter((variable) => variable.startsWith('FEED_') && env[variable]?.trim() && !isServiceLink(variable, env))
    .map((variable) => variable.slice('FEED_'.length))
  const split = rests.map((rest) => ({ rest, name: nameIn(rest, endings) }))
  const names = new Set(split.flatMap(({ name }) => name ?? []))
  const problems = split
    .filter(({ name }) => name === undefined)
    .map(({ rest }) => `FEED_${rest} is not a setting; did you mean ${guess(rest, endings)}?`)
  return { names, problems }
}

function nameIn(rest: string, endings: readonly string[]): string | undefined {
  const ending = endings.find((known) => rest.endsWith(`_${known}`))
  const name = ending && rest.slice(0, -ending.length - 1)
  // A name begins with a letter or digit, so that none is `__proto__` in lower case.
  return name && /^[A-Z0-9][A-Z0-9_]*$/.test(name) ? name : undefined
}

/** The nearest right variable: of all ways to split `rest`, the one whose suffix is nearest to a known one; a name beats none. */
function guess(rest: string, endings: readonly string[]): string {
  const words = rest.toUpperCase().split('_')
  const guesses = words.map((_, at) => {
    const name = words.slice(0, at).join('_').replace(/^_+/, '')
    const { word, distance } = nearest(words.slice(at).join('_'), endings)
    return { variable: `FEED_${name || '<NAME>'}_${word}`, distance: distance + (name === '' ? 3 : 0) }
  })
  return guesses.reduce((best, next) => (next.distance < best.distance ? next : best)).variable
}

function isServiceLink(variable: string, env: Env): boolean {
  return SERVICE_LINK.test(variable) || (variable.endsWith('_PORT') && /^(tcp|udp|sctp):/.test(env[variable] ?? ''))
}
