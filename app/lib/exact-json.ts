/** JSON that keeps the spelling of numbers. */

/** Functions of `JSON` that TypeScript does not declare (ECMA-262 proposal "JSON.parse source text access", in V8 since 11.4). */
interface SourceJson {
  parse(text: string, reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown): unknown
  rawJSON(text: string): object
  isRawJSON(value: unknown): value is { readonly rawJSON: string }
}

const sourceJson = JSON as unknown as SourceJson

/** Parses `text`; each number becomes an object that `JSON.stringify` writes with the same spelling. Returns undefined for invalid JSON. */
export function parseExact(text: string): unknown {
  try {
    return sourceJson.parse(text, (_key, value, context) =>
      typeof value === 'number' && context.source !== undefined ? sourceJson.rawJSON(context.source) : value,
    )
  } catch {
    return undefined
  }
}

/** The members of the JSON object in `text`, numbers as from `parseExact`; undefined for other text. */
export function exactMembers(text: string): [name: string, value: unknown][] | undefined {
  const value = parseExact(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value) || sourceJson.isRawJSON(value))
    return undefined
  return Object.entries(value)
}

/** A string or number that `parseExact` gave, as text; undefined for anything else. */
export function exactText(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return sourceJson.isRawJSON(value) ? value.rawJSON : undefined
}
