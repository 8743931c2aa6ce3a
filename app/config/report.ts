/** What a reading of the configuration finds besides values. */

/** Full sentences; `problems` stop the start, `warnings` are logged at start. Neither ever holds a secret. */
export interface Report {
  readonly problems: string[]
  readonly warnings: string[]
}
