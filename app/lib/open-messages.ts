/** The messages sent after connecting, as a JSON array. */
import { parseExact } from './exact-json.ts'

/** Strings as they are, everything else as JSON without blanks, numbers with the digits that were written; undefined for what is no JSON array. */
export function openMessagesIn(text: string): string[] | undefined {
  const value = parseExact(text)
  if (!Array.isArray(value)) return undefined
  return value.map((item: unknown) => (typeof item === 'string' ? item : JSON.stringify(item)))
}
