/** Lists as people write them: items between commas or line ends, or one JSON array of strings. */

/** `[` alone does not make an array: `[::1]:9092` is an address. */
const JSON_ARRAY_START = /^\s*\[\s*["\]]/

/** The items of `text`, blanks trimmed and empty ones dropped; undefined for text that begins as a JSON array but is not an array of strings. */
export function parseList(text: string): string[] | undefined {
  const items = JSON_ARRAY_START.test(text) ? parseArray(text) : text.split(/[,\r\n]/)
  return items?.map((item) => item.trim()).filter((item) => item !== '')
}

function parseArray(text: string): string[] | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined
  } catch {
    return undefined
  }
}
