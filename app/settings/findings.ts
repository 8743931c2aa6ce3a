/** Reports of checks of settings. */

/** Texts and cures are clauses without a full stop; a text names the setting as given, without secrets. */
export interface Findings {
  /** Prevents the start. */
  wrong(setting: string | undefined, text: string, cure?: string): void
  /** Configured, but without effect. */
  ineffective(setting: string, text: string, cure?: string): void
  /** Valid, but worth a line. */
  note(setting: string | undefined, text: string, cure?: string): void
}
