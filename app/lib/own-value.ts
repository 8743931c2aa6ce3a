/** Values in parsed JSON by path. */

/** The value at `path` in `value`; undefined if missing. Reads own properties only: `constructor.name` must not match every object. */
export function ownValue(value: unknown, path: readonly string[]): unknown {
  let found = value
  for (const name of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined
    found = (found as Record<string, unknown>)[name]
  }
  return found
}
