/** From the parts of a batch to the batch. */
import type { Batch, Message, NumberRun } from '../model.ts'

/** Messages with consecutive numbers, `first` that of the first of them. */
export interface Part {
  readonly first: number
  readonly messages: readonly Message[]
}

/** A batch of these messages; a lone part is handed on without copying its array. */
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
