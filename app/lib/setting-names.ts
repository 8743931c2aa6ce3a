/** Names of settings as the operator gave them; the only place that builds such names. */

/** Settings that were given under another name than their own: an alias, or `…_FILE`. By their own name, or the suffix of a feed's. */
export type GivenNames = Readonly<Record<string, string>>

/** The variable that holds `setting`, or names its file; its own name where it is not given. */
export function settingName(names: GivenNames | undefined, setting: string): string {
  return names?.[setting] ?? setting
}

/** A feed, as far as its settings are named. `name` in any case. */
export interface NamedFeed {
  readonly name: string
  /** By suffix: those that are not called `FEED_<NAME>_<SUFFIX>`. */
  readonly names?: GivenNames | undefined
}

/** The variable that holds the setting `suffix` of a feed, or names its file; the one to set where it is not given. */
export function feedSettingName({ name, names }: NamedFeed, suffix: string): string {
  return names?.[suffix] ?? `FEED_${name.toUpperCase()}_${suffix}`
}
