/** Which part of a URL's path looks like a token rather than like a name. */

const UUID_SEGMENT = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const HEX_WORD = /^(0x)?(?=.*\d)[0-9a-f]{16,}$/i
const DIGITS_WORD = /^\d{16,}$/
/** Words shorter than this are taken for names, however they are mixed. */
const LEAST = 12
/** So long a word is a token by itself where it is mixed, whatever stands beside it. */
const LONG_WORD = 16
/** Letters alone: nobody writes a name of so many without a separator. */
const LONGEST_NAME = 28
/** One word of so many characters needs less to be taken for random. */
const LONGER = 20
/** Of its characters, how many begin another class: random text 40 % and more, `trades20240101` or `kline_1m` below 10 %. In letters only capitals in a row count, too. */
const MIXED = { withDigits: 0.2, longWithDigits: 0.1, lettersOnly: 0.35 }

/**
 * True for keys as node providers and exchanges put them into paths: UUIDs, 16 and more hexadecimal or decimal digits, and 12
 * and more characters of base64 or base62 that change between digits, upper and lower case as names do not.
 */
export function looksLikeToken(segment: string): boolean {
  const text = decoded(segment)
  if (UUID_SEGMENT.test(text)) return true
  const words = text.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '')
  if (
    words.some((word) => HEX_WORD.test(word) || DIGITS_WORD.test(word) || (word.length >= LONG_WORD && isMixed([word])))
  )
    return true
  return length(words) >= LEAST && isMixed(words)
}

/** Whether the words together change class as random text does. */
function isMixed(words: readonly string[]): boolean {
  const all = length(words)
  const changes = words.reduce((sum, word) => sum + changesIn(word), 0)
  const least = words.length === 1 && all >= LONGER ? MIXED.longWithDigits : MIXED.withDigits
  if (words.some((word) => /\d/.test(word))) return changes >= 3 && changes / all >= least
  const isLong = words.some((word) => word.length >= LONGEST_NAME)
  const capitals = words.reduce((sum, word) => sum + [...word.matchAll(/\p{Lu}(?=\p{Lu})/gu)].length, 0)
  return isLong || (all >= LONG_WORD && changes >= 3 && (changes + capitals) / all >= MIXED.lettersOnly)
}

/** From lower to upper case, and between letters and digits; not from upper to lower case, which begins each word of CamelCase. */
function changesIn(word: string): number {
  return [...word.matchAll(/\p{Ll}(?=\p{Lu})|\p{L}(?=\p{N})|\p{N}(?=\p{L})/gu)].length
}

function length(words: readonly string[]): number {
  return words.reduce((sum, word) => sum + word.length, 0)
}

/** Percent-encoding undone; as it is where that is broken. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
