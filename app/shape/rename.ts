/** Renames fields: RENAME. */
import { isObject } from '../lib/json-value.ts'
import type { Document } from '../model.ts'
import type { Renaming } from '../settings/formats/shapes.ts'

/** New names for the fields of an object, and for its inner objects. */
interface RenameLevel {
  readonly names: Map<string, string>
  readonly inner: Map<string, RenameLevel>
}

/**
 * Returns a function that applies all renamings at once, so two fields may swap names. A field keeps its name if another field already
 * has the new name. Objects without renamed fields are not copied.
 */
export function renamer(renamings: readonly Renaming[]): (document: Document) => Document {
  const top = level()
  for (const { path, to } of renamings) {
    let at = top
    for (const name of path.slice(0, -1)) at = at.inner.get(name) ?? added(at, name)
    at.names.set(path.at(-1) ?? '', to)
  }
  return (document) => renamed(document, top)
}

function level(): RenameLevel {
  return { names: new Map(), inner: new Map() }
}

function added(at: RenameLevel, name: string): RenameLevel {
  const inner = level()
  at.inner.set(name, inner)
  return inner
}

function renamed(object: Record<string, unknown>, { names, inner }: RenameLevel): Record<string, unknown> {
  const concerned = [...names.keys(), ...inner.keys()].some((name) => Object.hasOwn(object, name))
  if (!concerned) return object
  const isFree = (name: string): boolean => !Object.hasOwn(object, name) || names.has(name)
  const entries = Object.entries(object).map(([name, value]): [string, unknown] => {
    const to = names.get(name)
    const within = inner.get(name)
    const now = within && isObject(value) ? renamed(value, within) : value
    return [to !== undefined && isFree(to) ? to : name, now]
  })
  // Defines own properties, even for `__proto__`.
  return Object.fromEntries(entries)
}
