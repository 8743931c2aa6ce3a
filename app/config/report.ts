/** What a reading of the configuration finds besides values. */

/** The text that was given for a setting. */
export interface GivenText {
  /** Undefined for a setting that is of no feed. */
  readonly feed: string | undefined
  /** Its name, without the feed. */
  readonly setting: string
  readonly text: string
  readonly secret: boolean
}

/** Full sentences; `problems` stop the start, `warnings` are logged at start. Neither ever holds a secret. */
export interface Report {
  readonly problems: string[]
  readonly warnings: string[]
  /** All that was given, so that what is secret of it can be hidden wherever it comes back. */
  readonly texts: GivenText[]
  /** The feed whose settings are read, as in `FeedConfig`. */
  readonly feed?: string
}

/** With nothing found yet. */
export function emptyReport(): Report {
  return { problems: [], warnings: [], texts: [] }
}
