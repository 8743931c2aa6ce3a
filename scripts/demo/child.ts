/** A process of the demo that never outlives it. */
import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import type { Socket } from 'node:net'
import { constants } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { Failure } from '../lib/failure.ts'
import { until } from '../lib/until.ts'
import { endOfLog } from './log-lines.ts'

/** What to run. Output and errors are appended to `logFile`. */
export interface ChildOptions {
  /** For people: `the daemon`. */
  readonly name: string
  /** This very Node when absent. */
  readonly command?: string
  readonly args: readonly string[]
  /** All of its environment, PATH apart. */
  readonly env: Readonly<Record<string, string>>
  readonly logFile: string
}

/** A started process. `pid` is its own, not that of a shell around it. */
export interface Child {
  readonly pid: number
  readonly running: boolean
  /** Resolves to the exit code, or to 128 + n for an end by signal n. */
  readonly ended: Promise<number>
  /** SIGTERM, then SIGKILL after `graceMs`. Resolves when it is gone. */
  stop(graceMs: number): Promise<void>
  /** Resolves when `answers` is true. Throws `Failure` with the end of the log when the process ends first, or after 30 s. */
  ready(answers: () => Promise<boolean>): Promise<void>
}

const READY_MS = 30_000

// The shell becomes the process (same pid). Its background half waits on a pipe that we hold: a word means that the process
// ended under our eyes, the end of the pipe that we are gone, in whatever way.
const GUARDED = '{ read -r word <&3; [ "$word" = ended ] || kill -KILL $$; } >/dev/null 2>&1 & exec "$@" 3<&-'

/** Starts it in a process group of its own, so that a Ctrl-C in our terminal is ours to handle. */
export function startChild({ name, command = process.execPath, args, env, logFile }: ChildOptions): Child {
  const log = openSync(logFile, 'a')
  const process_ = spawn('sh', ['-c', GUARDED, 'sh', command, ...args], {
    detached: true,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', log, log, 'pipe'],
  })
  closeSync(log)
  const pid = process_.pid
  if (pid === undefined) throw new Failure(`${name} did not start`, { cure: 'A POSIX `sh` is needed in the PATH.' })
  const pipe = process_.stdio[3] as Socket
  pipe.on('error', () => {})
  const ended = new Promise<number>((resolve) =>
    process_.once('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0))),
  )
  void ended.then(() => pipe.end('ended\n'))
  const running = (): boolean => process_.exitCode === null && process_.signalCode === null
  return {
    pid,
    get running() {
      return running()
    },
    ended,
    async stop(graceMs) {
      process_.kill('SIGTERM')
      // It may have been stopped by hand: then SIGTERM alone would wait.
      process_.kill('SIGCONT')
      await Promise.race([ended, sleep(graceMs, undefined, { ref: false })])
      if (running()) process_.kill('SIGKILL')
      await ended
    },
    async ready(answers) {
      const condition = async (): Promise<boolean> => !running() || (await answers())
      const inTime = await until(condition, { what: name, timeoutMs: READY_MS }).catch(() => false)
      if (running() && inTime) return
      const what = running() ? `did not answer within ${READY_MS / 1000} s` : 'ended while it started'
      throw new Failure(`${name} ${what}`, { cure: endOfLog(logFile) })
    },
  }
}
