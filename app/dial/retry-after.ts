/** How long a server asks us to stay away. */

/** A server cannot send us away for longer than this, a day in milliseconds. */
export const LONGEST_RETRY_AFTER_MS = 24 * 60 * 60 * 1_000

/** Milliseconds from `now` (epoch) that a Retry-After header (RFC 9110 §10.2.3: seconds or a date) asks for, at most a day; undefined when it says nothing. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? ''
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1_000, LONGEST_RETRY_AFTER_MS)
  // Date.parse takes all kinds of text ("-5", "1"); every form of an HTTP date begins with the day's name.
  const at = /^[A-Z][a-z]{2,8},? /.test(text) ? Date.parse(text) : Number.NaN
  return at > now ? Math.min(at - now, LONGEST_RETRY_AFTER_MS) : undefined
}
