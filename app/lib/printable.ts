/** Foreign text (close reasons, library errors) made safe to log: one short line without control characters. */

/** Control, format (bidirectional overrides too), line separator and lone surrogate characters. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu

/** `text` without unprintable characters, cut to at most `maxBytes` of UTF-8 at a whole character. Never throws. */
export function printable(text: string, maxBytes: number): string {
  // Cut before cleaning as well: foreign text can be long.
  const clean = text
    .slice(0, maxBytes * 4)
    .replace(UNPRINTABLE, ' ')
    .trim()
  if (Buffer.byteLength(clean) <= maxBytes) return clean
  let kept = ''
  let bytes = 0
  for (const character of clean) {
    bytes += Buffer.byteLength(character)
    if (bytes > maxBytes) break
    kept += character
  }
  return kept
}
