/** Splits `FEED_<NAME>_<SUFFIX>` variables into feeds and settings, and says what was probably meant by one that cannot be split. */
import { printable } from '../lib/printable.ts'
import { feedSettingName } from '../lib/setting-names.ts'
import { guess, NAME } from './feed-guess.ts'
import type { Env } from './layers.ts'

/** What Kubernetes puts into the environment for a service whose name begins with "feed-". */
const SERVICE_LINK = /_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_\w+)?)$/
const LONGEST_SHOWN_BYTES = 100

/** A variable that is no setting of a feed. */
export interface UnknownVariable {
  readonly variable: string
  readonly text: string
  readonly cure: string
  /** The variable that was probably meant. */
  readonly meant: string | undefined
}

interface Split {
  /** Names of feeds, as in the variables, in order of first appearance, with their variables by what follows the name. */
  readonly feeds: ReadonlyMap<string, ReadonlyMap<string, string>>
  readonly unknown: readonly UnknownVariable[]
}

/**
 * All feeds named in the environment. A feed is there when it has one of `anchors` (URLS), or its name is one of `known`. A variable
 * belongs to such a feed where one fits: `FEED_A_KEY_FIELD` is the KEY_FIELD of A, and with FEED_A_URLS a FEED_A_KEY_SCHEMA is a wrong
 * setting of A, not the SCHEMA of a feed A_KEY. Where several fit, the longest name wins: a setting that is new to A takes nothing from a
 * feed A_KEY. Where none is there, the longest suffix wins.
 */
export function feedNames(
  env: Env,
  suffixes: readonly string[],
  anchors: readonly string[],
  known: readonly string[] = [],
): Split {
  const endings = suffixes.flatMap((suffix) => [suffix, `${suffix}_FILE`]).sort((a, b) => b.length - a.length)
  const rests = Object.keys(env)
    .filter((variable) => variable.startsWith('FEED_') && env[variable]?.trim() && !isServiceLink(variable, env))
    .map((variable) => variable.slice('FEED_'.length))
  const making = ['URL', ...anchors.flatMap((anchor) => [anchor, `${anchor}_FILE`])]
  const there = new Set([...known, ...rests.flatMap((rest) => nameBefore(rest, making))])
  const feeds = new Map<string, Map<string, string>>()
  const unknown: UnknownVariable[] = []
  for (const rest of rests) {
    const possible = nameBefore(rest, endings)
    const owner = possible.findLast((name) => there.has(name))
    const prefix = owner === undefined ? longestPrefix(rest, there) : undefined
    const name = owner ?? (prefix === undefined ? possible[0] : undefined)
    if (name === undefined) unknown.push(tell(rest, prefix, endings, possible[0]))
    else feeds.set(name, (feeds.get(name) ?? new Map()).set(rest.slice(name.length + 1), `FEED_${rest}`))
  }
  return { feeds, unknown }
}

/** The names that are left of `rest` without one of `endings`, in the order of these. */
function nameBefore(rest: string, endings: readonly string[]): string[] {
  return endings
    .filter((ending) => rest.endsWith(`_${ending}`))
    .map((ending) => rest.slice(0, -ending.length - 1))
    .filter((name) => NAME.test(name))
}

function longestPrefix(rest: string, names: ReadonlySet<string>): string | undefined {
  const fitting = [...names].filter((name) => rest.startsWith(`${name}_`))
  return fitting.sort((a, b) => b.length - a.length)[0]
}

/** `feed`: the one that it would be a setting of. `other`: one that does not exist, and that it could belong to. */
function tell(
  rest: string,
  feed: string | undefined,
  endings: readonly string[],
  other: string | undefined,
): UnknownVariable {
  const variable = `FEED_${rest}`
  const shown = printable(variable, LONGEST_SHOWN_BYTES)
  const { meant, why } = guess(rest, feed, endings)
  if (meant !== undefined) return { variable, text: `${shown} is not a setting`, cure: `did you mean ${meant}?`, meant }
  const whose = feed === undefined ? '' : ` of feed ${feed.toLowerCase()}`
  const text = `${shown} is not a setting${whose}${why === undefined ? '' : `: ${why}`}`
  const urls = feedSettingName({ name: '<name>' }, 'URLS')
  const another = other === undefined ? '' : `; a feed ${other.toLowerCase()} needs URLS of its own`
  const cure =
    feed === undefined ? `name a feed with ${urls}; its settings are in tributary --help` : `remove it${another}`
  return { variable, text, cure, meant: undefined }
}

function isServiceLink(variable: string, env: Env): boolean {
  return SERVICE_LINK.test(variable) || (variable.endsWith('_PORT') && /^(tcp|udp|sctp):/.test(env[variable] ?? ''))
}
