/** A kind: an entry of a registry, which declares its settings and loads what makes it. */
import type { Findings } from './findings.ts'
import { propertyOf, type Setting, type Settings, type Values, type ValuesByName } from './setting.ts'

/** Makes one from the values of its settings and what the house hands in. */
export type Make<Made, S extends Settings, Ground> = {
  // A method, so that a registry may hold kinds with different settings.
  bivarianceHack(values: Values<S>, ground: Ground): Made
}['bivarianceHack']

/** What a check of several settings works with. */
export interface Asked<S extends Settings> {
  /** Good values by the names of the settings; those of the house that stand beside them, too. */
  readonly values: ValuesByName<S> & Readonly<Record<string, unknown>>
  /** What the operator calls a setting. */
  readonly called: (name: string) => string
  /** Whether the operator gave it, and not the program that is replaced. */
  readonly isGiven: (name: string) => boolean
  readonly findings: Findings
}

/** An entry of a registry. */
export interface Kind<Made, S extends Settings = Settings, Ground = undefined> {
  /** One line. */
  readonly help: string
  /** Those that it alone has. Kinds of one registry may share a declaration: one object. */
  readonly settings: S
  /** Loads the code, so that `--help` loads none. */
  load(): Promise<Make<Made, S, Ground>>
  /** Says what of its settings does not go together. */
  check?(asked: Asked<S>): void
}

/** What is known of any kind. */
export type AnyKind = Pick<Kind<unknown>, 'help' | 'settings'> & { check?(asked: Asked<Settings>): void }
export type KindRegistry<K extends AnyKind = AnyKind> = Readonly<Record<string, K>>

/** The settings of all kinds of a registry. */
export type SettingsOf<R extends KindRegistry> = UnionToIntersection<R[keyof R]['settings']>
type UnionToIntersection<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer I) => void
  ? I extends Settings
    ? I
    : never
  : never

/** The entry `name`, which the configuration has checked. */
export function entryOf<K>(registry: Readonly<Record<string, K>>, name: string): K {
  const entry = Object.hasOwn(registry, name) ? registry[name] : undefined
  if (entry === undefined) throw new Error(`there is no ${name} among ${Object.keys(registry).join(', ')}`)
  return entry
}

/** All settings of a registry by name. Throws where two kinds declare one name differently: it would be read by one and meant by the other. */
export function settingsOf<R extends KindRegistry>(registry: R): SettingsOf<R> {
  const all = new Map<string, Setting<unknown>>()
  for (const [kind, { settings }] of Object.entries(registry)) {
    for (const [name, setting] of Object.entries(settings)) {
      if ((all.get(name) ?? setting) !== setting) throw new Error(`${kind} declares ${name}, which another kind has`)
      all.set(name, setting)
    }
  }
  return Object.fromEntries(all) as SettingsOf<R>
}

/** Loads the kind `name` and returns what makes one; the values of its settings are taken out of `values`. */
export async function loadKind<Made, Ground>(
  registry: Readonly<Record<string, Kind<Made, Settings, Ground>>>,
  name: string,
): Promise<(values: object, ground: Ground) => Made> {
  const { settings, load } = entryOf(registry, name)
  const make = await load()
  return (values, ground) => make(ownValues(settings, values), ground)
}

/** What of `values` belongs to `settings`. */
export function ownValues(settings: Settings, values: object): Values<Settings> {
  const properties = Object.entries(settings).flatMap(([name, setting]) => {
    const property = propertyOf(name, setting)
    return setting.rereads ? [property, `${property}File`] : [property]
  })
  const all = new Map(Object.entries(values))
  return Object.fromEntries(properties.map((property) => [property, all.get(property)]))
}
