/** The type of a command, and shared helpers. */
import { readFileSync } from 'node:fs'
import { configOf, readSources, type Sources, USUAL_FILE } from '../config/index.ts'
import { exitCodes } from '../exit-codes.ts'
import { type Config, kinds } from '../kinds.ts'
import { endProcess } from '../lib/end-process.ts'
import type { ReloadRequests } from '../lib/reload-signal.ts'
import { type StopSignal, signalExitCode } from '../lib/stop-signal.ts'
import { known } from './failure.ts'

/** The environment and signals of the process. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv
  readonly stop: Promise<StopSignal>
  /** Only for the daemon. */
  readonly reloads?: ReloadRequests | undefined
}

/** Each command is a file of this folder, loaded on use. */
export interface Command {
  /** The text of `tributary COMMAND --help`. */
  readonly help: string
  /** Resolves with the exit code. */
  readonly run: (args: readonly string[], surroundings: Surroundings) => Promise<number>
}

/** The configuration in force. Throws a `ConfigError` with every problem at once. */
export function configured(env: NodeJS.ProcessEnv): Config {
  return known(configOf(readSources(sourcesOf(env), kinds)))
}

/** Where the configuration is read from. */
export function sourcesOf(env: NodeJS.ProcessEnv): Sources {
  return { env, usualFile: USUAL_FILE }
}

/** Ends the process at a stop signal; for commands without cleanup. */
export function endAt(stop: Promise<StopSignal>): void {
  void stop.then((signal) => endProcess(signalExitCode(signal)))
}

/** Prints a text, and returns exit code 0. */
export function show(text: string): number {
  process.stdout.write(text)
  return exitCodes.ok
}

/** Prints one line. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** The version in package.json. */
export function version(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return version
}
