/** What stands for the settings of a feed: presets of public feeds, and the variables of programs that Tributary replaces. */
import type { Setting } from './setting.ts'

/** Texts of settings, by suffix. */
export type Texts = Readonly<Record<string, string>>

/** A public feed that needs little said: what a feed takes that names it and does not say otherwise. */
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
  /** By the suffix of the setting that each stands for. */
  readonly variables: Readonly<Record<string, ReplacedVariable>>
  /** Values that have no variable of their own. */
  readonly fixed: Texts
}

/** A program whose variables Tributary takes as they are. */
export interface Replaced {
  /** The section of the help. */
  readonly group: string
  /** What the settings page says of it, in Markdown. */
  readonly note: string
  readonly feeds: readonly ReplacedFeed[]
  /** Variables of its own that stand for one setting of all of its feeds. */
  readonly shared: Readonly<Record<string, Setting<unknown> & { readonly suffix: string }>>
}
