/** How a script fails: one sentence, the cure under it, an exit code; never a stack trace. */

/** Exit codes of every script, the same as the daemon's. */
export const EXIT = { failed: 1, unavailable: 69, configuration: 78 } as const

/** Something a person can put right. `message` says what is wrong, `cure` what to do about it. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly cure: string
  readonly code: number
  constructor(message: string, details: { cure: string; code?: number; cause?: unknown }) {
    super(message, { cause: details.cause })
    this.cure = details.cure
    this.code = details.code ?? EXIT.failed
  }
}

/** The message of anything thrown with those of its causes, on one line of at most 300 characters. */
export function describe(error: unknown): string {
  const parts: string[] = []
  for (let at: unknown = error; at !== undefined && parts.length < 4; at = at instanceof Error ? at.cause : undefined) {
    const text = at instanceof Error ? at.message || at.name : String(at)
    if (text !== '' && !parts.some((part) => part.includes(text))) parts.push(text)
  }
  return parts.join(': ').replace(/\s+/g, ' ').slice(0, 300)
}

/**
 * Runs a script's `main` and ends the process with the code it resolves to (0 for nothing). What it throws is printed
 * as a sentence to stderr. A reader that goes away (`| head`) ends the script in silence.
 */
export function runScript(name: string, main: () => Promise<number | undefined>): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  main().then(
    (code) => process.exit(code ?? 0),
    (error: unknown) => {
      process.stderr.write(`${name}: ${describe(error)}\n`)
      if (error instanceof Failure) process.stderr.write(`  ${error.cure.replaceAll('\n', '\n  ')}\n`)
      process.exit(error instanceof Failure ? error.code : 1)
    },
  )
}
