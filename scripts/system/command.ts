/** Running other programs: their output, or a sentence about how they failed. */
import { spawn } from 'node:child_process'

/** How a program is run. */
export interface CommandOptions {
  readonly signal?: AbortSignal | undefined
  /** Milliseconds; default two minutes. */
  readonly timeoutMs?: number
  /** On top of our own environment. */
  readonly env?: Readonly<Record<string, string>>
  /** Written to its standard input. */
  readonly input?: string
}

/** How a program ended. `output` is both of its streams as they came, `stdout` only the first. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly output: string
}

const TIMEOUT_MS = 120_000

/** Runs a program to its end, whatever its exit code. Rejects when it cannot be started, was aborted or took too long. */
export function attempt(command: readonly string[], options: CommandOptions = {}): Promise<Ended> {
  const { signal, timeoutMs = TIMEOUT_MS, env = {}, input = '' } = options
  const late = AbortSignal.timeout(timeoutMs)
  const [program = '', ...args] = command
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    signal: signal ? AbortSignal.any([signal, late]) : late,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const ended = { stdout: '', output: '' }
  child.stdout.on('data', (chunk: Buffer) => {
    ended.stdout += chunk
    ended.output += chunk
  })
  child.stderr.on('data', (chunk: Buffer) => {
    ended.output += chunk
  })
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      const what = late.aborted ? `took longer than ${timeoutMs / 1000} s` : error.message
      reject(new Error(`${shown(command)}: ${what}${lastLines(ended.output)}`, { cause: error }))
    })
    child.once('close', (code) => resolve({ code, ...ended }))
  })
}

/** Runs a program and resolves to its standard output, trimmed. Rejects as `attempt` does, and when its exit code is not 0. */
export async function run(command: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { code, stdout, output } = await attempt(command, options)
  if (code !== 0) throw new Error(`${shown(command)} ended with ${code}${lastLines(output)}`)
  return stdout.trim()
}

/** Whether a program is there and ends with 0. */
export async function works(command: readonly string[], options: CommandOptions = {}): Promise<boolean> {
  return attempt(command, { timeoutMs: 20_000, ...options }).then(
    ({ code }) => code === 0,
    () => false,
  )
}

/** The last line that a program wrote. */
export function lastLine(output: string): string {
  return output.trim().split('\n').at(-1) ?? ''
}

function shown(command: readonly string[]): string {
  return command.slice(0, 6).join(' ')
}

function lastLines(output: string): string {
  const lines = output.trim().split('\n').slice(-15)
  return lines[0] ? `:\n${lines.map((line) => line.slice(0, 300)).join('\n')}` : ''
}
