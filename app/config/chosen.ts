/** The kinds that a feed chooses, and what follows from that for their settings. */
import type { AnyKind, KindRegistry } from '../settings/kind.ts'
import type { Settings } from '../settings/setting.ts'
import type { Kinds } from './kinds.ts'
import { Report } from './report.ts'
import { type Chosen, choosers } from './tables/choosers.ts'
import { type Find, validate } from './validate.ts'

/** The kinds of one feed. */
export interface FeedKinds {
  /** Their names. */
  readonly chosen: Chosen
  readonly inUse: readonly AnyKind[]
  /** Settings that belong only to kinds that are not in use, each with the name of one that has it. */
  readonly unused: ReadonlyMap<string, string>
}

/** `find` finds the settings that choose. They are judged elsewhere: a wrong one counts as unset here. */
export function kindsOf(table: Settings, find: Find, kinds: Kinds): FeedKinds {
  const names: readonly string[] = [...choosers.map(({ name }) => name), 'NORMALISE']
  const choosing = Object.fromEntries(Object.entries(table).filter(([name]) => names.includes(name)))
  const values: Readonly<Record<string, unknown>> = validate(choosing, find, new Report())
  const picked = choosers.map(({ name, registry, usual }) => {
    const kind = values[name]
    return { name, registry, kind: typeof kind === 'string' ? kind : onlyOne(kinds[registry], usual) }
  })
  const listed = Array.isArray(values.NORMALISE) ? values.NORMALISE : []
  const split = [
    ...picked.map(({ registry, kind }) => splitBy(kinds[registry], (name) => name === kind)),
    splitBy(kinds.normalisers, (name) => listed.includes(name)),
  ]
  const inUse = split.flatMap(({ used }) => used)
  const theirs = new Set(inUse.flatMap(({ settings }) => Object.keys(settings)))
  const unused = split.flatMap(({ others }) => others).filter(([setting]) => !theirs.has(setting))
  const chosen = Object.fromEntries(picked.map(({ name, kind }) => [name.toLowerCase(), kind])) as Chosen
  return { chosen, inUse, unused: new Map(unused) }
}

/** The kinds in use, and the settings of all others with the names of these. */
function splitBy(registry: KindRegistry, isUsed: (name: string) => boolean) {
  const entries = Object.entries(registry)
  return {
    used: entries.filter(([name]) => isUsed(name)).map(([, kind]) => kind),
    others: entries
      .filter(([name]) => !isUsed(name))
      .flatMap(([name, { settings }]) => Object.keys(settings).map((setting): [string, string] => [setting, name])),
  }
}

function onlyOne(registry: KindRegistry, usual: string): string {
  return Object.hasOwn(registry, usual) ? usual : (Object.keys(registry)[0] ?? usual)
}
