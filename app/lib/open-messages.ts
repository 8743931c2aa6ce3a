/** The messages sent after connecting, as a JSON array. */
import { parseExact } from './exact-json.ts'

/** Returns strings unchanged, other items as compact JSON with the original digits; undefined unless `text` is a JSON array. */
export function openMessagesIn(text: string): string[] | undefined {
  const value = parseExact(text)
  if (!Array.isArray(value)) return undefined
  return value.map((item: unknown) => (typeof item === 'string' ? item : JSON.stringify(item)))
}
