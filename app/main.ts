#!/usr/bin/env node
/** The command: environment → configuration → daemon; signals; exit codes. The only reader of process.env. */
import { readFileSync } from 'node:fs'
import type { Config } from './config/types.ts'
import { endProcess } from './lib/end-process.ts'
import { codeOf, stopSignal } from './lib/stop-signal.ts'

// Heard from here on: what follows takes a second to load on a busy machine.
const stop = stopSignal()

const { check } = await import('./check/index.ts')
const { choices } = await import('./choices.ts')
const { readConfig, readLaneConfig } = await import('./config/index.ts')
const { exitCodes, runDaemon } = await import('./daemon.ts')
const { ConfigError, Unusable } = await import('./errors.ts')
const { help } = await import('./help.ts')
const { laneCommand } = await import('./lane-command.ts')
const { redriveCommand } = await import('./redrive-command.ts')

/** Commands that come to an orderly end when they are asked to stop; any other ends at once. */
const orderly: readonly (string | undefined)[] = [undefined, 'redrive']

async function main(argument: string | undefined, rest: readonly string[]): Promise<number> {
  if (rest.length > 0 && argument !== 'lane' && argument !== 'redrive')
    return misused(`too many arguments: ${rest.join(' ')}`)
  switch (argument) {
    case undefined:
      return runDaemon(configured(), { version: version(), stop })
    case 'lane':
      return lane(rest)
    case 'redrive':
      return redrive(rest)
    case 'check':
      return (await check(configured(), say)) === 0 ? exitCodes.ok : exitCodes.unavailable
    case '--help':
    case '-h':
      process.stdout.write(help())
      return exitCodes.ok
    case '--version':
      process.stdout.write(`tributary ${version()}\n`)
      return exitCodes.ok
    default:
      return misused(`unknown argument ${argument}`)
  }
}

async function lane(args: readonly string[]): Promise<number> {
  const isFine = await laneCommand(args, readLaneConfig(process.env, choices), process.stdout, process.stderr)
  return isFine ? exitCodes.ok : exitCodes.unavailable
}

async function redrive(args: readonly string[]): Promise<number> {
  const note = (line: string): void => void process.stderr.write(`${line}\n`)
  return exitCodes[await redriveCommand(args, configured, { print: say, note, stop })]
}

/** For the last words of a process that a bug of ours ends. */
let hide = (text: string): string => text

function configured(): Config {
  const config = readConfig(process.env, choices)
  hide = (text) => config.secrets.hideAll(text)
  return config
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

function version(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return version
}

function misused(problem: string): number {
  process.stderr.write(`tributary: ${problem}; see tributary --help\n`)
  return exitCodes.configuration
}

/** Anything but a configuration error and an unusable lane is our own bug: say it once, end with 1. */
function fail(error: unknown): number {
  if (error instanceof ConfigError) {
    process.stderr.write(
      `tributary: ${error.message}:\n${error.problems.map((problem) => `  - ${problem}\n`).join('')}`,
    )
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

for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error) => endProcess(fail(error)))
}

// A reader of our output that went away is no reason to stop.
process.stdout.on('error', () => {})
process.stderr.on('error', () => {})

const [, , command, ...rest] = process.argv
const stopped = stop.then((signal) => (orderly.includes(command) ? new Promise<never>(() => {}) : codeOf(signal)))

void Promise.race([main(command, rest), stopped])
  .catch(fail)
  .then((code) => endProcess(code))
