/** Values in parsed JSON by path. */

/** The value at `path` in `value`; undefined where there is none. Own properties only: a path such as `constructor.name` must not be found in every object. */
export function ownValue(value: unknown, path: readonly string[]): unknown {
  let found = value
  for (const name of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined
    found = (found as Record<string, unknown>)[name]
  }
  return found
}
