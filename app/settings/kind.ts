/** A kind: a registry entry that declares settings and loads a factory. */
import type { Findings } from './findings.ts'
import { propertyOf, type Setting, type Settings, type Values, type ValuesByName } from './setting.ts'

/** Makes an instance from the values of its settings and the daemon's parts. */
export type Make<Made, S extends Settings, Ground> = {
  // A method, so that a registry may hold kinds with different settings.
  bivarianceHack(values: Values<S>, ground: Ground): Made
}['bivarianceHack']

/** Input of a check across settings. */
export interface Asked<S extends Settings> {
  /** Valid values by setting name, with the general settings. */
  readonly values: ValuesByName<S> & Readonly<Record<string, unknown>>
  /** The name of a setting as the operator gave it. */
  readonly called: (name: string) => string
  /** Whether the operator gave it; false for values from a replaced program. */
  readonly isGiven: (name: string) => boolean
  readonly findings: Findings
}

/** An entry of a registry. */
export interface Kind<Made, S extends Settings = Settings, Ground = undefined> {
  /** One line. */
  readonly help: string
  /** The kind's own settings. Kinds of one registry may share one declaration object. */
  readonly settings: S
  /** Loads the code, so that `--help` loads none. */
  load(): Promise<Make<Made, S, Ground>>
  /** Reports settings that conflict. */
  check?(asked: Asked<S>): void
}

/** The part common to all kinds. */
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

/** All settings of a registry by name. Throws if two kinds declare one name differently. */
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

/** Loads the kind `name` and returns its factory, which picks the kind's settings from `values`. */
export async function loadKind<Made, Ground>(
  registry: Readonly<Record<string, Kind<Made, Settings, Ground>>>,
  name: string,
): Promise<(values: object, ground: Ground) => Made> {
  const { settings, load } = entryOf(registry, name)
  const make = await load()
  return (values, ground) => make(ownValues(settings, values), ground)
}

/** The part of `values` declared in `settings`. */
export function ownValues(settings: Settings, values: object): Values<Settings> {
  const properties = Object.entries(settings).flatMap(([name, setting]) => {
    const property = propertyOf(name, setting)
    return setting.rereads ? [property, `${property}File`] : [property]
  })
  const all = new Map(Object.entries(values))
  return Object.fromEntries(properties.map((property) => [property, all.get(property)]))
}
