/** The declaration of a setting; source of its variable, file key, JSON Schema, property, `--help`, sample.env and settings page. */
import type { Findings } from './findings.ts'
import type { Format } from './format.ts'

/** One setting. `default` and `example` are written as an operator would write them. */
export interface Setting<T, U extends string = string> {
  /** The section of the help. */
  readonly group: string
  readonly format: Format<T, U>
  /** One or two sentences. */
  readonly help: string
  readonly default?: string
  readonly example?: string
  /** The value may be or hold a secret. */
  readonly secret?: true
  /** Must be set; for the setting of a kind, when the kind is in use. */
  readonly required?: boolean
  /** Other names of the same variable. */
  readonly aliases?: readonly string[]
  /** Its file (`…_FILE`) is read again while the daemon runs, so the value comes with the path. */
  readonly rereads?: true
  /** Alternatives to this setting: when the operator sets this one, the preset's values for them are ignored. */
  readonly instead?: readonly string[]
  /** Checks a valid value again, given its name. Returns the value to use. */
  settle?(value: T, given: { readonly called: string; readonly isFile: boolean }, findings: Findings): T
}

export type Settings = Readonly<Record<string, Setting<unknown>>>

type Words<N extends string> = N extends `${infer Head}_${infer Tail}`
  ? `${Capitalize<Lowercase<Head>>}${Words<Tail>}`
  : Capitalize<Lowercase<N>>

/** SILENCE_TIMEOUT, a duration → silenceTimeoutMs. */
type Property<N, S> = N extends string
  ? S extends { readonly format: Format<infer _, infer U extends string> }
    ? `${Uncapitalize<Words<N>>}${U}`
    : never
  : never

type Parsed<S> = S extends { readonly format: Format<infer T, infer _> } ? T : never
type SettingValue<S, Sure extends object> = S extends Sure ? Parsed<S> : Parsed<S> | undefined

/** Always has a value: by a default, or because it is required. */
type Sure = { readonly default: string } | { readonly required: true }

/** Paths of the files that are read again, as `<property>File`. */
type Files<S extends Settings> = {
  readonly [N in keyof S as S[N] extends { readonly rereads: true } ? `${Property<N, S[N]>}File` : never]:
    | string
    | undefined
}

/** The values of a table of settings by property: the input of a kind's factory. Settings with a default and required ones are always present. */
export type Values<S extends Settings> = {
  readonly [N in keyof S as Property<N, S[N]>]: SettingValue<S[N], Sure>
} & Files<S>

/** As `Values`, for a kind that may be unused: required settings may be undefined. */
export type PossibleValues<S extends Settings> = {
  readonly [N in keyof S as Property<N, S[N]>]: SettingValue<S[N], { readonly default: string }>
} & Files<S>

/** The values by the name of the setting, for checks of the configuration: only settings with a default are always present. */
export type ValuesByName<S extends Settings> = {
  readonly [N in keyof S]: SettingValue<S[N], { readonly default: string }>
}

/** The property that holds the value of the setting `name`. */
export function propertyOf(name: string, { format }: Setting<unknown>): string {
  const [first = '', ...others] = name.toLowerCase().split('_')
  return first + others.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('') + (format.unit ?? '')
}

/** Values by name → values by property. `pathOf`: the file that held the text of a setting. */
export function byProperty<S extends Settings>(
  table: S,
  named: Readonly<Record<string, unknown>>,
  pathOf: (name: string) => string | undefined = () => undefined,
): Values<S> {
  const entries = Object.entries(table).flatMap(([name, setting]): [string, unknown][] => {
    const property = propertyOf(name, setting)
    return setting.rereads
      ? [
          [property, named[name]],
          [`${property}File`, pathOf(name)],
        ]
      : [[property, named[name]]]
  })
  return Object.fromEntries(entries) as Values<S>
}
