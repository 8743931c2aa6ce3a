/** Reports failures of commands. */
import { ConfigError, Unusable } from '../errors.ts'
import { exitCodes } from '../exit-codes.ts'
import type { Config } from '../kinds.ts'
import { endProcess } from '../lib/end-process.ts'

/** Hides secrets in the message of a bug. */
let hide = (text: string): string => text

/** Returns `config`; later `fail` hides its secrets. */
export function known(config: Config): Config {
  hide = (text) => config.secrets.hideAll(text)
  return config
}

/** Ends the process on an uncaught error. Ignores a closed output pipe. */
export function catchStrays(): void {
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error) => endProcess(fail(error)))
  }
  process.stdout.on('error', () => {})
  process.stderr.on('error', () => {})
}

/** Says that the arguments are wrong, and returns the exit code. */
export function misused(problem: string): number {
  process.stderr.write(`tributary: ${problem}; see tributary --help\n`)
  return exitCodes.configuration
}

/** Says that there are too many arguments, and returns the exit code. */
export function tooManyArguments(words: readonly string[]): number {
  return misused(`too many arguments: ${words.join(' ')}`)
}

/** Says what went wrong, and returns the exit code. Errors other than a wrong configuration and an unusable lane are bugs. */
export function fail(error: unknown): number {
  if (error instanceof ConfigError) {
    const lines = error.problems.map((problem) => `  - ${problem}\n`)
    process.stderr.write(`tributary: ${error.message}:\n${lines.join('')}`)
    return exitCodes.configuration
  }
  if (error instanceof Unusable) {
    process.stderr.write(`tributary: ${hide(error.message)}\n`)
    return exitCodes.unavailable
  }
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.stderr.write(`tributary: a bug, please report it: ${hide(what)}\n`)
  return exitCodes.undelivered
}
