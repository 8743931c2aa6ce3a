/** A Java process that never outlives whoever started it, unless it is meant to. */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, Failure } from '../lib/failure.ts'
import { until } from '../lib/until.ts'

/** What to run, and where its output goes. */
export interface JvmOptions {
  /** For people: `Kafka`. */
  readonly name: string
  readonly java: string
  readonly args: readonly string[]
  /** Standard output and error are appended here. */
  readonly logFile: string
  /** A detached process outlives us; any other is killed when we end, in whatever way. */
  readonly detached: boolean
  /** Removed when we end without having stopped the process. */
  readonly temporary?: string | undefined
}

/** A running Java process. `pid` is its own, not that of a shell around it. */
export interface Jvm {
  readonly pid: number
  /** True until the process has ended. */
  readonly running: boolean
  /** SIGTERM, then SIGKILL after 10 s. Resolves when the process is gone. */
  halt(): Promise<void>
  /** SIGKILL. Resolves when the process is gone. */
  kill(): Promise<void>
  /** SIGSTOP and SIGCONT. */
  pause(): void
  resume(): void
  /** Resolves when `answers` is true. Throws `Failure` with the end of the log if the process ends first, or after 60 s. */
  ready(answers: () => Promise<boolean>): Promise<void>
}

const HALT_MS = 10_000
const READY_MS = 60_000

// The shell becomes the JVM (same pid). Its background half waits on a pipe that we hold: a word means that the JVM ended
// under our eyes, the end of the pipe that we are gone. The pid cannot be reused meanwhile: it names the group of both.
const GUARDED = `
dir=$1; shift
{ read -r word <&3; [ "$word" = ended ] || { kill -KILL $$; [ -z "$dir" ] || rm -rf -- "$dir"; }; } >/dev/null 2>&1 &
exec "$@" 3<&-
`

/** Starts a JVM in a process group of its own, so that a Ctrl-C in our terminal is ours to handle. */
export function startJvm(options: JvmOptions): Jvm {
  const log = openSync(options.logFile, 'a')
  const command = [options.java, ...options.args]
  const child = options.detached
    ? spawn(options.java, options.args, { detached: true, stdio: ['ignore', log, log] })
    : spawn('sh', ['-c', GUARDED, 'sh', options.temporary ?? '', ...command], {
        detached: true,
        stdio: ['ignore', log, log, 'pipe'],
      })
  closeSync(log)
  child.unref()
  const pipe = child.stdio[3] as Socket | undefined
  pipe?.on('error', () => {}).unref()
  const jvm = handle(child, options)
  child.once('exit', () => pipe?.end('ended\n'))
  return jvm
}

function handle(child: ChildProcess, options: JvmOptions): Jvm {
  const pid = child.pid
  if (pid === undefined) throw new Failure(`${options.name} did not start`, { cure: `Try ${options.java} by hand.` })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()).once('error', () => resolve()))
  const running = (): boolean => child.exitCode === null && child.signalCode === null
  const gone = async (): Promise<void> => {
    // Our wait keeps the event loop alive: the child itself is unreferenced.
    const awake = setInterval(() => {}, 1_000)
    await ended
    clearInterval(awake)
  }
  const kill = async (): Promise<void> => {
    if (running()) child.kill('SIGKILL')
    await gone()
  }
  return {
    pid,
    get running() {
      return running()
    },
    kill,
    async halt() {
      child.kill('SIGTERM')
      child.kill('SIGCONT')
      await Promise.race([gone(), sleep(HALT_MS, undefined, { ref: false })])
      await kill()
    },
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    ready: (answers) => ready(answers, running, options),
  }
}

async function ready(answers: () => Promise<boolean>, running: () => boolean, options: JvmOptions): Promise<void> {
  const condition = async (): Promise<boolean> => !running() || (await answers())
  const late = await until(condition, { what: `${options.name} to answer`, timeoutMs: READY_MS }).then(
    () => undefined,
    describe,
  )
  if (running() && late === undefined) return
  const lines = lastLines(options.logFile)
  throw new Failure(`${options.name} ${late ?? 'ended while it started'}`, {
    cure: `Its log is ${options.logFile}, which ends:\n${lines}`,
  })
}

function lastLines(file: string): string {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => /ERROR|FATAL|Exception|Error:/.test(line))
  return lines.slice(-4).join('\n').slice(-1_000)
}
