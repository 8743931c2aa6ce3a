/** The command line: chooses a command by its arguments, and exits with its code. */
import { endProcess } from '../lib/end-process.ts'
import { nearest } from '../lib/nearest.ts'
import { type Command, type Surroundings, show, version } from './command.ts'
import { catchStrays, fail, misused, tooManyArguments } from './failure.ts'

/** A new command is one file and one line. The daemon loads no command. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  check: async () => (await import('./check.ts')).checkCommand,
  config: async () => (await import('./config.ts')).configCommand,
  lane: async () => (await import('./lane.ts')).laneCommand,
  redrive: async () => (await import('./redrive.ts')).redriveCommand,
  schema: async () => (await import('./schema.ts')).schemaCommand,
}
const HELP_WORDS = ['help', '--help', '-h']
const VERSION_WORDS = ['version', '--version', '-v', '-V']
/** Most edits between a mistyped word and a suggestion. */
const MOST_EDITS = 2

/** Runs `tributary` with `args`, and ends the process with its exit code. */
export async function runCommand(args: readonly string[], surroundings: Surroundings): Promise<void> {
  catchStrays()
  endProcess(await perform(args, surroundings).catch(fail))
}

async function perform([first, ...rest]: readonly string[], surroundings: Surroundings): Promise<number> {
  if (first === undefined) return (await import('./daemon.ts')).runForever(surroundings)
  if (HELP_WORDS.includes(first)) return showHelp(rest)
  if (VERSION_WORDS.includes(first)) return rest.length > 0 ? tooManyArguments(rest) : show(`tributary ${version()}\n`)
  const command = await commandOf(first)
  if (!command) return unknown(first)
  return asksForHelp(rest) ? show(command.help) : command.run(rest, surroundings)
}

/** `help` may be the name of a feed, so it counts only in first place. */
function asksForHelp(args: readonly string[]): boolean {
  return args[0] === 'help' || args.some((word) => word === '--help' || word === '-h')
}

async function showHelp([about, ...rest]: readonly string[]): Promise<number> {
  if (rest.length > 0) return tooManyArguments(rest)
  if (about === undefined || HELP_WORDS.includes(about)) return show((await import('./help.ts')).help())
  const command = await commandOf(about)
  return command ? show(command.help) : unknown(about)
}

async function commandOf(word: string): Promise<Command | undefined> {
  return Object.hasOwn(COMMANDS, word) ? COMMANDS[word]?.() : undefined
}

function unknown(word: string): number {
  const known = nearest(word, [...Object.keys(COMMANDS), ...HELP_WORDS, ...VERSION_WORDS], MOST_EDITS)
  return misused(`unknown argument ${word}${known === undefined ? '' : ` (did you mean ${known}?)`}`)
}
