/** Formats points in time. */
import { instantOf } from '../lib/instant.ts'

/** Returns `2025-01-19T12:34:56.789Z` for values that `instantOf` reads; undefined for others. */
export function toTimestamp(value: unknown): string | undefined {
  const at = instantOf(value)
  return at === undefined ? undefined : new Date(at).toISOString()
}
