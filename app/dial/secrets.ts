/** What of a dial is nobody's business, where a peer says it back: in the reason of a close, or through an error. */
import { secretsIn } from '../lib/redact-url.ts'

/** What is shorter is more likely a word that means something else as well. */
const LEAST_LENGTH = 4

/** Of URL and headers, as they were sent and decoded, the longest first; of `Bearer x` and its like `x`, too. */
export function secretsOf(url: string, headers: Readonly<Record<string, string>>): string[] {
  const words = Object.values(headers).flatMap((value) => [value, ...value.split(' ').slice(1)])
  const sent = [...secretsIn(url), ...words]
  const all = new Set([...sent, ...sent.map(decoded)].filter(({ length }) => length >= LEAST_LENGTH))
  // One may be a part of another.
  return [...all].sort((a, b) => b.length - a.length)
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll('+', ' '))
  } catch {
    return value
  }
}
