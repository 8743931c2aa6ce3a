/** Which records have become too old. */
import type { KafkaRecord } from '../model.ts'

/** Whether a record is too old at `now`, on the steady clock. */
export function isExpiredAt(now: number): (record: KafkaRecord) => boolean {
  return ({ expiresAt }) => expiresAt !== undefined && expiresAt <= now
}

/** How many of `records` come before the first that `ends`. */
export function countUntil(records: readonly KafkaRecord[], ends: (record: KafkaRecord) => boolean): number {
  const index = records.findIndex(ends)
  return index < 0 ? records.length : index
}
