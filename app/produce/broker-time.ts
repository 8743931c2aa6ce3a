/** What a broker says of its own clock. */
import type { Clock } from '../lib/clock.ts'
import type { ProduceAnswer, TimestampWindow } from './kafka-client.ts'
import { INVALID_TIMESTAMP } from './protocol-codes.ts'

/** Where a refusal names the window that a record's time must lie in: `… should be within [from, to]`, milliseconds since the epoch. */
const WINDOW = /\[(-?\d{1,19}), (-?\d{1,19})\]/
/** A bound that is further away is none, and too large to calculate with. */
const FAR_MS = 1e14

/** When a request was under way, on the steady clock. */
export type UnderWay = readonly [from: number, to: number]

/** Tells `clock` what the answer to a produce request says of the broker's clock: the time it gave the records, or the window it refused them by. */
export function learnTime(clock: Clock, answer: ProduceAnswer, window: TimestampWindow, underWay: UnderWay): void {
  const at = answer.code === INVALID_TIMESTAMP ? timeOfRefusal(answer, window) : answer.appendedAt
  if (at !== undefined) clock.saw('broker', [at, at], underWay)
}

/** The broker's time when it refused a request for its times; undefined where it did not say. */
export function timeOfRefusal({ message, recordErrors }: ProduceAnswer, window: TimestampWindow): number | undefined {
  for (const text of [recordErrors[0]?.message, message]) {
    const [, from, to] = WINDOW.exec(text ?? '') ?? []
    if (from === undefined || to === undefined) continue
    if (window.afterMs < FAR_MS) return Number(to) - window.afterMs
    if (window.beforeMs < FAR_MS) return Number(from) + window.beforeMs
  }
  return undefined
}
