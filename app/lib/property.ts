/** Values inside a document. */

/** The value at `path`, over own properties only: a path such as `constructor.name` must not find something in every document. */
export function propertyAt(document: unknown, path: readonly string[]): unknown {
  let value = document
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = (value as Record<string, unknown>)[name]
  }
  return value
}
