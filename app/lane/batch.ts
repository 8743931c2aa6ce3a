/** Assembles batches. */
import type { Batch, Message, NumberRun } from '../model.ts'

/** Messages with consecutive running numbers from `first` on. */
export interface Part {
  readonly first: number
  readonly messages: readonly Message[]
}

/** Builds a batch. A single part keeps its array, without a copy. */
export function batchOf(parts: readonly Part[], bytes: number): Batch {
  const [only] = parts
  if (only && parts.length === 1) return { messages: only.messages, bytes, numbers: [{ at: 0, first: only.first }] }
  return { messages: parts.flatMap(({ messages }) => messages), bytes, numbers: runsOf(parts) }
}

function runsOf(parts: readonly Part[]): NumberRun[] {
  const runs: NumberRun[] = []
  let at = 0
  let next: number | undefined
  for (const { first, messages } of parts) {
    if (first !== next) runs.push({ at, first })
    at += messages.length
    next = first + messages.length
  }
  return runs
}
