/** What a reading of the configuration finds besides values. */
import type { Problem } from '../errors.ts'
import { printable } from '../lib/printable.ts'
import type { Findings } from '../settings/findings.ts'
import type { Settings } from '../settings/setting.ts'
import type { Given } from './lookup.ts'
import type { Warning } from './types.ts'

const LONGEST_SHOWN_BYTES = 100

/** The text that was given for a setting. */
export interface GivenText {
  /** Undefined for a setting that is of no feed. */
  readonly feed: string | undefined
  /** Its name, without the feed. */
  readonly setting: string
  readonly text: string
  readonly secret: boolean
}

/** A table of settings and what was found for it; `feed` as in the variables. */
export interface InForce {
  readonly feed: string | undefined
  readonly table: Settings
  readonly found: ReadonlyMap<string, Given>
}

/** Collects problems, which stop the start, and warnings, which are logged at the start. Neither ever holds a secret. */
export class Report implements Findings {
  readonly problems: Problem[] = []
  readonly warnings: Warning[] = []
  /** All that was given, so that what is secret of it can be hidden wherever it comes back. */
  readonly texts: GivenText[] = []
  /** Where each value is from, table by table. */
  readonly inForce: InForce[] = []
  /** Paths of all files that were read. */
  readonly files = new Set<string>()
  readonly #unusable = new Set<string>()
  readonly #meant = new Map<string, string>()
  readonly #told = new Set<string>()

  /** `text` and `cure` are clauses without a full stop; `text` names the variable. */
  wrong(setting: string | undefined, text: string, cure?: string): void {
    this.problems.push({ setting, text, cure })
  }

  /** What `tell` says is wrong stands at `place` among the problems: where it belongs, though only what was read later shows it. */
  at(place: number, tell: () => void): void {
    const told = this.problems.length
    tell()
    this.problems.splice(place, 0, ...this.problems.splice(told))
  }

  /** It is configured, and changes nothing. */
  ineffective(setting: string, text: string, cure?: string): void {
    this.warnings.push({ setting, text, cure, isIneffective: true })
  }

  /** It works, but is worth a line. */
  note(setting: string | undefined, text: string, cure?: string): void {
    this.warnings.push({ setting, text, cure, isIneffective: false })
  }

  /** `written` is no setting; `setting` was probably meant. */
  meant(setting: string, written: string): void {
    this.#meant.set(setting, written)
  }

  /** A setting called like `pattern` that was probably meant, and what was written instead. */
  meantLike(pattern: RegExp): readonly [setting: string, written: string] | undefined {
    return [...this.#meant].find(([setting]) => pattern.test(setting))
  }

  /** `setting` is missing, which is called `variable` in the environment. One problem, too, where it was misspelt. */
  missing(setting: string, cure: string, variable = setting): void {
    const written = this.#meant.get(variable)
    if (written === undefined) return this.wrong(setting, `${setting} is missing`, cure)
    this.#told.add(written)
    const name = printable(written, LONGEST_SHOWN_BYTES)
    this.wrong(name, `${name} is not a setting`, `did you mean ${variable}?`)
  }

  /** Whether a misspelt variable was told with the setting that it was meant to be. */
  isTold(written: string): boolean {
    return this.#told.has(written)
  }

  /** `setting` (by its own name) was given, and its value cannot be used: it has a problem already. */
  unusable(setting: string): void {
    this.#unusable.add(setting)
  }

  /** Whether none of `settings` is unusable. What several settings say together can only be judged then. */
  isClear(...settings: readonly string[]): boolean {
    return !settings.some((setting) => this.#unusable.has(setting))
  }
}
