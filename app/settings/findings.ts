/** What whoever checks settings may say of them. */

/** Texts and cures are clauses without a full stop; a text names the setting as it was given, and holds no secret. */
export interface Findings {
  /** It stops the start. */
  wrong(setting: string | undefined, text: string, cure?: string): void
  /** It is configured, and changes nothing. */
  ineffective(setting: string, text: string, cure?: string): void
  /** It works, but is worth a line. */
  note(setting: string | undefined, text: string, cure?: string): void
}
