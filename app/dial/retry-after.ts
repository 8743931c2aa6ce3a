/** Parses Retry-After headers. */

/** Upper bound: a day in milliseconds. */
export const LONGEST_RETRY_AFTER_MS = 24 * 60 * 60 * 1_000

/** Returns the wait in milliseconds of a Retry-After header (RFC 9110 §10.2.3: seconds or a date), at most a day; undefined for other texts. `now` is milliseconds since the epoch, preferably on the server's clock. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? ''
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1_000, LONGEST_RETRY_AFTER_MS)
  const at = httpDate(text)
  return at !== undefined && at > now ? Math.min(at - now, LONGEST_RETRY_AFTER_MS) : undefined
}

/** Returns milliseconds since the epoch; undefined if `text` is no HTTP date (RFC 9110 §5.6.7). */
export function httpDate(text: string | undefined): number | undefined {
  // Date.parse accepts many texts ("-5", "1"); every HTTP date begins with the name of the day.
  const at = text !== undefined && /^[A-Z][a-z]{2,8},? /.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? undefined : at
}
