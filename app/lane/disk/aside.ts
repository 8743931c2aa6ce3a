/** Runs a script of this folder in a process of its own: that may be ended by what it reads, or never come back from a disk that does not answer. */
import { spawn } from 'node:child_process'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Bounds of one run. */
export interface AsideOptions {
  /** How long it may write nothing, in milliseconds. */
  readonly quietMs: number
  readonly signal?: AbortSignal | undefined
}

/** How it ended, and what it has written: JSON, with blanks before it as signs of life. */
export interface AsideEnd<T> {
  readonly answer?: T
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

const MOST_OUTPUT_BYTES = 64 * 1024 * 1024

/** It wrote nothing for too long. */
export class Silent extends Error {}

/**
 * Resolves when it has ended. Rejects with `Silent`, with the reason of `signal`, or with what the system says when it cannot be
 * started. It is killed then and not waited for, because a thread of the kernel that waits for a dead disk dies with nobody.
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
      const answer = code === 0 ? parsed<T>(output) : undefined
      resolve({ ...(answer === undefined ? {} : { answer }), code, signal: killed })
    })
  })
}

/** Undefined for what is not whole. */
function parsed<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T
  } catch {
    return undefined
  }
}
