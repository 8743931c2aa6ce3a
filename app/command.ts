/** The command: arguments → what is to be done; exit codes. */
import { readFileSync } from 'node:fs'
import { check } from './check/index.ts'
import { checkHelp, checkOptions } from './check/options.ts'
import { configOf, readLaneConfig, readSources, type Sources, USUAL_FILE } from './config/index.ts'
import { configHelp, schemaHelp, schemaText, showConfig } from './config-command.ts'
import { runDaemon } from './daemon.ts'
import { ConfigError, Unusable } from './errors.ts'
import { exitCodes } from './exit-codes.ts'
import { help } from './help.ts'
import { type Config, kinds } from './kinds.ts'
import { laneCommand, laneHelp } from './lane-command.ts'
import { endProcess } from './lib/end-process.ts'
import { FileWatch } from './lib/file-watch.ts'
import { nearest } from './lib/nearest.ts'
import type { ReloadRequests } from './lib/reload-signal.ts'
import { codeOf, type StopSignal } from './lib/stop-signal.ts'
import { redriveCommand, redriveHelp } from './redrive-command.ts'

/** What a command gets from the process. */
interface Surroundings {
  readonly env: NodeJS.ProcessEnv
  readonly stop: Promise<StopSignal>
  /** Of the daemon only. */
  readonly reloads?: ReloadRequests | undefined
}

interface Command {
  readonly help: () => string
  /** Resolves with the exit code. */
  readonly run: (args: readonly string[], surroundings: Surroundings) => Promise<number>
}

const COMMANDS: Readonly<Record<string, Command>> = {
  check: { help: () => checkHelp, run: runCheck },
  config: { help: () => configHelp, run: runConfig },
  lane: { help: () => laneHelp, run: runLane },
  redrive: { help: () => redriveHelp, run: runRedrive },
  schema: { help: () => schemaHelp, run: runSchema },
}
const HELP = ['help', '--help', '-h']
const VERSION = ['version', '--version', '-v', '-V']
/** More wrong letters than this, and it was another word. */
const FARTHEST = 2

/** Runs `tributary` with `args`, and ends the process with its exit code. */
export async function run(args: readonly string[], surroundings: Surroundings): Promise<void> {
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error) => endProcess(fail(error)))
  }
  // A reader of our output that went away is no reason to stop.
  process.stdout.on('error', () => {})
  process.stderr.on('error', () => {})
  endProcess(await perform(args, surroundings).catch(fail))
}

async function perform([first, ...rest]: readonly string[], surroundings: Surroundings): Promise<number> {
  if (first === undefined) return runForever(surroundings)
  if (HELP.includes(first)) return showHelp(rest)
  if (VERSION.includes(first)) return rest.length > 0 ? tooMany(rest) : show(`tributary ${version()}\n`)
  const command = commandOf(first)
  if (!command) return unknown(first)
  return asksForHelp(rest) ? show(command.help()) : command.run(rest, surroundings)
}

/** `help` may be the name of a feed, so it counts in the first place only. */
function asksForHelp(args: readonly string[]): boolean {
  return args[0] === 'help' || args.some((word) => word === '--help' || word === '-h')
}

function showHelp([about, ...rest]: readonly string[]): number {
  if (rest.length > 0) return tooMany(rest)
  if (about === undefined || HELP.includes(about)) return show(help())
  const command = commandOf(about)
  return command ? show(command.help()) : unknown(about)
}

function commandOf(word: string): Command | undefined {
  return Object.hasOwn(COMMANDS, word) ? COMMANDS[word] : undefined
}

/** The daemon. Its configuration is read again when somebody asks for it, and when one of its files has changed. */
async function runForever({ env, stop, reloads }: Surroundings): Promise<number> {
  const watch = reloads && new FileWatch(reloads.request)
  void stop.then(() => watch?.stop())
  const read = (): Config => {
    const reading = readSources(sourcesOf(env), kinds)
    void watch?.follow(reading.files)
    return configOf(reading)
  }
  const config = known(read())
  const reload = reloads && { requests: reloads, read: async () => read() }
  return runDaemon(config, { version: version(), stop, ...(reload && { reload }) })
}

async function runCheck(args: readonly string[], { env, stop }: Surroundings): Promise<number> {
  endAt(stop)
  return check(() => configured(env), checkOptions(args), say)
}

async function runLane(args: readonly string[], { env, stop }: Surroundings): Promise<number> {
  endAt(stop)
  const isFine = await laneCommand(args, () => readLaneConfig(sourcesOf(env), kinds), process.stdout, process.stderr)
  return isFine ? exitCodes.ok : exitCodes.unavailable
}

/** What is wrong is told, and what is in force is shown all the same. */
async function runConfig(args: readonly string[], { env }: Surroundings): Promise<number> {
  if (args.length > 0) return tooMany(args)
  const reading = readSources(sourcesOf(env), kinds)
  process.stdout.write(showConfig(reading))
  configOf(reading)
  return exitCodes.ok
}

async function runSchema(args: readonly string[]): Promise<number> {
  return args.length > 0 ? tooMany(args) : show(schemaText())
}

async function runRedrive(args: readonly string[], { env, stop }: Surroundings): Promise<number> {
  const note = (line: string): void => void process.stderr.write(`${line}\n`)
  return exitCodes[await redriveCommand(args, () => configured(env), { print: say, note, stop })]
}

/** For the last words of a process that a bug of ours ends. */
let hide = (text: string): string => text

function configured(env: NodeJS.ProcessEnv): Config {
  return known(configOf(readSources(sourcesOf(env), kinds)))
}

function known(config: Config): Config {
  hide = (text) => config.secrets.hideAll(text)
  return config
}

function sourcesOf(env: NodeJS.ProcessEnv): Sources {
  return { env, usualFile: USUAL_FILE }
}

/** For commands that have nothing to bring to an end. */
function endAt(stop: Promise<StopSignal>): void {
  void stop.then((signal) => endProcess(codeOf(signal)))
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

function show(text: string): number {
  process.stdout.write(text)
  return exitCodes.ok
}

function version(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return version
}

function tooMany(words: readonly string[]): number {
  return misused(`too many arguments: ${words.join(' ')}`)
}

function unknown(word: string): number {
  const known = nearest(word, [...Object.keys(COMMANDS), ...HELP, ...VERSION], FARTHEST)
  return misused(`unknown argument ${word}${known === undefined ? '' : ` (did you mean ${known}?)`}`)
}

function misused(problem: string): number {
  process.stderr.write(`tributary: ${problem}; see tributary --help\n`)
  return exitCodes.configuration
}

/** Anything but a configuration error and an unusable lane is our own bug: say it once, end with 1. */
function fail(error: unknown): number {
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
