/** What a check is, and how one says that it cannot be run here. */

/** What every check gets. */
export interface Context {
  /** An image to take instead of building one. */
  readonly image: string | undefined
  /** Whether images that are not here may be pulled. */
  readonly pull: boolean
  /** Aborted by SIGINT and SIGTERM: whatever waits ends, and what was started is taken down. */
  readonly signal: AbortSignal
  /** Tells the reader what has just been seen to be true. */
  seen(what: string): void
}

/** One check. `run` throws `NotRun` when something it needs is missing, and any other error when it has failed. */
export interface Check {
  readonly help: string
  run(context: Context): Promise<void>
}

/** Something that this machine lacks. `message` says what, `cure` how to get it. */
export class NotRun extends Error {
  override readonly name = 'NotRun'
  readonly cure: string
  constructor(message: string, cure: string) {
    super(message)
    this.cure = cure
  }
}

/** Throws unless `condition` holds; `what` says what was expected and what was found instead. */
export function expect(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(what)
}
