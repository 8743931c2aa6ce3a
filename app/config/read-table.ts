/** A table of settings that belong to no feed. */
import type { GivenNames } from '../lib/setting-names.ts'
import type { Settings, ValuesByName } from '../settings/setting.ts'
import type { Layer } from './layers.ts'
import { type Given, lookupAny } from './lookup.ts'
import type { Report } from './report.ts'
import { validate } from './validate.ts'

/** The values by name, and what the operator calls the settings. */
export interface Table<S extends Settings> {
  readonly values: ValuesByName<S>
  readonly names: GivenNames
  /** What was given, by the settings' own names. */
  readonly given: ReadonlyMap<string, Given>
}

/** Reads and checks every setting of `table`; what is wrong goes into `report`. `optional`: what need not be there this time, though it is required. */
export function readTable<S extends Settings>(
  table: S,
  layers: readonly Layer[],
  report: Report,
  optional?: ReadonlySet<string>,
): Table<S> {
  const names: Record<string, string> = {}
  const given = new Map<string, Given>()
  const find = (name: string) => {
    const found = lookupAny(layers, [name, ...(table[name]?.aliases ?? [])], report)
    if (found) given.set(name, found)
    if (found && found.variable !== name) names[name] = found.variable
    return found
  }
  return { values: validate(table, find, report, { optional }), names, given }
}
