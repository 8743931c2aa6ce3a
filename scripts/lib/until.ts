/** Waiting for a condition, never for a time. */
import { setTimeout as sleep } from 'node:timers/promises'
import { describe } from './failure.ts'

/** How long to wait and for what. Milliseconds. */
export interface UntilOptions {
  readonly what: string
  readonly timeoutMs?: number
  readonly intervalMs?: number
  readonly signal?: AbortSignal
}

/** Nothing, `false`, `null`: asked again. */
type Falsy = false | null | undefined | 0 | ''

/**
 * Asks `condition` until it answers with something true, and resolves to that. A condition that throws is asked again.
 * Rejects after `timeoutMs` (15 s) with `what` and the last error, or with the reason of `signal`.
 */
export async function until<T>(condition: () => T | Promise<T>, options: UntilOptions): Promise<Exclude<T, Falsy>> {
  const { what, timeoutMs = 15_000, intervalMs = 50, signal } = options
  const deadline = Date.now() + timeoutMs
  let last: unknown
  for (;;) {
    signal?.throwIfAborted()
    try {
      const answer = await condition()
      if (answer) return answer as Exclude<T, Falsy>
      last = undefined
    } catch (error) {
      last = error
    }
    if (Date.now() >= deadline) {
      const why = last === undefined ? '' : `, last: ${describe(last)}`
      throw new Error(`waited ${timeoutMs / 1000} s for ${what}${why}`, { cause: last })
    }
    await sleep(intervalMs, undefined, signal ? { signal } : {})
  }
}
