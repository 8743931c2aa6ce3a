/** A table of settings from the environment. */
import type { GivenNames } from '../lib/setting-names.ts'
import { type Env, lookupAny } from './lookup.ts'
import type { Report } from './report.ts'
import type { Settings, Values } from './setting.ts'
import { validate } from './validate.ts'

/** The values, and what the operator calls the settings. */
export interface Table<S extends Settings> {
  readonly values: Values<S>
  readonly names: GivenNames
  /** Settings that are given, by their own names. */
  readonly given: ReadonlySet<string>
}

/** Reads and checks every setting of `table`; what is wrong goes into `report`. */
export function readTable<S extends Settings>(table: S, env: Env, report: Report): Table<S> {
  const names: Record<string, string> = {}
  const given = new Set<string>()
  const find = (name: string) => {
    const found = lookupAny(env, [name, ...(table[name]?.aliases ?? [])], report)
    if (found) given.add(name)
    if (found && found.variable !== name) names[name] = found.variable
    return found
  }
  return { values: validate(table, find, report), names, given }
}
