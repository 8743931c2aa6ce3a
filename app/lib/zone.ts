/** The zone at the end of a date and time. */

const MINUTE_MS = 60_000
const UTC = /^(?:Z|UTC?|GMT)$/i
/** An offset from UTC, perhaps behind UTC's own name and before the name of the zone. */
const OFFSET = /^(?:UTC|GMT)?([+-])(\d\d)(?::?(\d\d))?(?: \(?[A-Za-z][A-Za-z ]*\)?| [+-]\d{2,4})?$/
/** What Go writes behind a time that was read from a clock. */
const MONOTONIC = / m=[+-][\d.]+$/
/** A name in brackets behind the offset, which counts (RFC 9557). */
const BRACKETS = /(?:\[[^\]]*\])+$/

/**
 * Returns the offset from UTC in milliseconds; 0 without a zone. Undefined for a bare zone name other than UTC's names:
 * zone names are ambiguous.
 */
export function offsetOf(zone: string): number | undefined {
  const text = zone.replace(MONOTONIC, '').replace(BRACKETS, '').trim()
  if (text === '' || UTC.test(text)) return 0
  const [, sign, hours, minutes = '00'] = OFFSET.exec(text) ?? []
  if (hours === undefined || Number(hours) > 23 || Number(minutes) > 59) return undefined
  return (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -MINUTE_MS : MINUTE_MS)
}
