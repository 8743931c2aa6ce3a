#!/usr/bin/env node
/** The command: environment → configuration → daemon; signals; exit codes. The only reader of process.env. */
import { readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { check } from './check/index.ts'
import { choices } from './choices.ts'
import { readConfig, readLaneConfig } from './config/index.ts'
import type { Config } from './config/types.ts'
import { exitCodes, runDaemon } from './daemon.ts'
import { ConfigError, Unusable } from './errors.ts'
import { help } from './help.ts'
import { laneCommand } from './lane-command.ts'
import { redriveCommand } from './redrive-command.ts'

const signals = ['SIGTERM', 'SIGINT'] as const

async function main(argument: string | undefined, rest: readonly string[]): Promise<number> {
  if (rest.length > 0 && argument !== 'lane' && argument !== 'redrive')
    return misused(`too many arguments: ${rest.join(' ')}`)
  switch (argument) {
    case undefined:
      return runDaemon(configured(), { version: version(), stop: stopSignal() })
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
  return exitCodes[await redriveCommand(args, configured, { print: say, note, stop: stopSignal() })]
}

/** For the last words of a process that a bug of ours ends. */
let hide = (text: string): string => text

function configured(): Config {
  const config = readConfig(process.env, choices)
  hide = (text) => config.secrets.hideAll(text)
  return config
}

/** Resolves with the first stop signal. A second one ends the process at once, with 128 + its number. */
function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    let asked = false
    for (const signal of signals) {
      process.on(signal, () => {
        if (asked) process.exit(128 + constants.signals[signal])
        asked = true
        resolve(signal)
      })
    }
  })
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
  process.on(event, (error) => process.exit(fail(error)))
}

// A reader of our output that went away is no reason to stop.
process.stdout.on('error', () => {})
process.stderr.on('error', () => {})

void main(process.argv[2], process.argv.slice(3))
  .catch(fail)
  .then((code) => process.exit(code))
