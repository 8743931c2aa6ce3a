/** One form for every spelling of a point in time. */
import { instantOf } from '../lib/instant.ts'

/** `2025-01-19T12:34:56.789Z` for whatever `instantOf` reads; undefined for anything else. */
export function toTimestamp(value: unknown): string | undefined {
  const at = instantOf(value)
  return at === undefined ? undefined : new Date(at).toISOString()
}
