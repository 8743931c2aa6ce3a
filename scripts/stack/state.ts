/** What `stack up` leaves behind for `down` and `status`. */
import { execFile } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { cacheFolder } from './cache.ts'
import { isAlive } from './lock.ts'

/** One detached server. `mark` is found in its command line and in no other: a pid alone may be somebody else's by now. */
export interface ServerState {
  readonly name: string
  readonly pid: number
  readonly mark: string
  /** What a client needs to know, as a variable. */
  readonly variable: string
  readonly address: string
  readonly logFile: string
}

const HALT_MS = 15_000

function stateFile(): string {
  return join(cacheFolder(), 'stack.json')
}

/** The folder of the detached servers' data and logs. */
export function stackFolder(): string {
  return join(cacheFolder(), 'stack')
}

/** The recorded servers; none when nothing was started. */
export function readState(): ServerState[] {
  try {
    return JSON.parse(readFileSync(stateFile(), 'utf8')) as ServerState[]
  } catch {
    return []
  }
}

export function writeState(servers: readonly ServerState[]): void {
  writeFileSync(stateFile(), `${JSON.stringify(servers, null, 2)}\n`)
}

export function forgetState(): void {
  rmSync(stateFile(), { force: true })
}

/** Whether the recorded process still runs, and is what it was. */
export async function isRunning(server: ServerState): Promise<boolean> {
  if (!isAlive(server.pid)) return false
  const { stdout } = await promisify(execFile)('ps', ['-ww', '-o', 'args=', '-p', String(server.pid)]).catch(() => ({
    stdout: '',
  }))
  return stdout.includes(server.mark)
}

/** SIGTERM, then SIGKILL after 15 s. Resolves to whether it ran. */
export async function halt(server: ServerState): Promise<boolean> {
  if (!(await isRunning(server))) return false
  process.kill(server.pid, 'SIGTERM')
  const deadline = Date.now() + HALT_MS
  while (isAlive(server.pid) && Date.now() < deadline) await sleep(50)
  if (await isRunning(server)) process.kill(server.pid, 'SIGKILL')
  return true
}
