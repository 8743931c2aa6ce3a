/** Substitutes for feed settings: presets of public feeds, and variables of replaced programs. */
import type { Setting } from './setting.ts'

/** Texts of settings, by suffix. */
export type Texts = Readonly<Record<string, string>>

/** Settings of a public feed, used by feeds that name the preset; the feed's own settings win. */
export interface Preset {
  /** One line. */
  readonly help: string
  readonly settings: Texts
}

/** Another program's variable. */
export interface ReplacedVariable {
  readonly name: string
  readonly default?: string
  readonly example: string
}

/** A feed that a switch turns on. */
export interface ReplacedFeed {
  /** As in `FEED_<NAME>_…`. */
  readonly name: string
  /** Boolean variable that turns the feed on. */
  readonly toggle: string
  /** By the suffix of the setting. */
  readonly variables: Readonly<Record<string, ReplacedVariable>>
  /** Values without a variable. */
  readonly fixed: Texts
}

/** A program whose variables Tributary accepts unchanged. */
export interface Replaced {
  /** The section of the help. */
  readonly group: string
  /** Markdown for the settings page. */
  readonly note: string
  readonly feeds: readonly ReplacedFeed[]
  /** Variables that set one setting of all its feeds. */
  readonly shared: Readonly<Record<string, Setting<unknown> & { readonly suffix: string }>>
}
