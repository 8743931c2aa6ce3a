/**
 * Runs a script of this folder in a child process. Damaged data may end the child, and a dead disk may block the child
 * for ever.
 */
import { spawn } from 'node:child_process'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Options of one run. */
export interface AsideOptions {
  /** Longest time without output, in milliseconds. */
  readonly quietMs: number
  readonly signal?: AbortSignal | undefined
}

/** How the child ended, and its output parsed as JSON. Blanks before the JSON are signs of life. */
export interface AsideEnd<T> {
  readonly answer?: T
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

const MOST_OUTPUT_BYTES = 64 * 1024 * 1024

/** Thrown when the child wrote nothing for `quietMs`. */
export class Silent extends Error {}

/**
 * Resolves when the child has ended. Rejects with `Silent`, with the reason of `signal`, or with the system's error if
 * the child cannot start.
 * After a rejection the child is killed but not awaited: a kernel thread that waits for a dead disk cannot be killed.
 */
export function aside<T>(
  script: 'probe' | 'trial',
  args: readonly string[],
  { quietMs, signal }: AsideOptions,
): Promise<AsideEnd<T>> {
  const path = fileURLToPath(new URL(`./${script}${extname(import.meta.url)}`, import.meta.url))
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const child = spawn(process.execPath, ['--no-warnings', path, ...args], {
      env: {},
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    let output = ''
    const giveUp = (why: unknown): void => {
      over()
      child.kill('SIGKILL')
      child.stdout.destroy()
      child.unref()
      reject(why)
    }
    const aborted = (): void => giveUp(signal?.reason)
    const timer = setTimeout(() => giveUp(new Silent()), quietMs)
    const over = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', aborted)
    }
    signal?.addEventListener('abort', aborted, { once: true })
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
      timer.refresh()
      if (output.length > MOST_OUTPUT_BYTES) giveUp(new Error('it says too much'))
    })
    child.once('error', giveUp)
    child.once('close', (code, killed) => {
      over()
      const answer = code === 0 ? parsedOutput<T>(output) : undefined
      resolve({ ...(answer === undefined ? {} : { answer }), code, signal: killed })
    })
  })
}

/** Parses JSON; undefined if the text is incomplete. */
function parsedOutput<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T
  } catch {
    return undefined
  }
}
