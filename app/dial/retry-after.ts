/** How long a server asks us to stay away. */

/** A server cannot send us away for longer than this, a day in milliseconds. */
export const LONGEST_RETRY_AFTER_MS = 24 * 60 * 60 * 1_000

/** Milliseconds from `now` (epoch, on the clock of the server where it tells it: ours may be wrong) that a Retry-After header (RFC 9110 §10.2.3: seconds or a date) asks for, at most a day; undefined when it says nothing. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? ''
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1_000, LONGEST_RETRY_AFTER_MS)
  const at = httpDate(text)
  return at !== undefined && at > now ? Math.min(at - now, LONGEST_RETRY_AFTER_MS) : undefined
}

/** Milliseconds since the epoch; undefined for what is no HTTP date (RFC 9110 §5.6.7). */
export function httpDate(text: string | undefined): number | undefined {
  // Date.parse takes all kinds of text ("-5", "1"); every form of an HTTP date begins with the day's name.
  const at = text !== undefined && /^[A-Z][a-z]{2,8},? /.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? undefined : at
}
