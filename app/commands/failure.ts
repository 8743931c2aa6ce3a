/** How a command that fails says so. */
import { ConfigError, Unusable } from '../errors.ts'
import { exitCodes } from '../exit-codes.ts'
import type { Config } from '../kinds.ts'
import { endProcess } from '../lib/end-process.ts'

/** For the last words of a process that a bug of ours ends. */
let hide = (text: string): string => text

/** Returns `config`; what `fail` says from now on hides its secrets. */
export function known(config: Config): Config {
  hide = (text) => config.secrets.hideAll(text)
  return config
}

/** Ends the process with what nobody caught. A reader of our output that went away is no reason to stop. */
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

/** Says what went wrong, and returns the exit code. Anything but a configuration error and an unusable lane is our own bug. */
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
