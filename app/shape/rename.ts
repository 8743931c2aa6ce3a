/** Renames fields: RENAME. */
import { isObject } from '../lib/json-value.ts'
import type { Document } from '../model.ts'
import type { Renaming } from '../settings/formats/shapes.ts'

/** New names for the fields of an object, and for its inner objects. */
interface RenameLevel {
  readonly names: Map<string, string>
  readonly inner: Map<string, RenameLevel>
}

const NO_MOVES: ReadonlyMap<string, string> = new Map()

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
  const moves = movesIn(object, names)
  if (moves.size === 0 && !hasAny(object, inner)) return object
  const entries = Object.entries(object).map(([name, value]): [string, unknown] => {
    const within = inner.get(name)
    const now = within && isObject(value) ? renamed(value, within) : value
    return [moves.get(name) ?? name, now]
  })
  // Defines own properties, even for `__proto__`.
  return Object.fromEntries(entries)
}

/** The renamings of `names` that apply to `object`. A renaming onto a field that stays does not, and then its own field stays, too. */
function movesIn(object: object, names: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  if (!hasAny(object, names)) return NO_MOVES
  const moves = new Map([...names].filter(([name]) => Object.hasOwn(object, name)))
  const isBlocked = ([, to]: readonly [string, string]): boolean => Object.hasOwn(object, to) && !moves.has(to)
  for (let one = [...moves].find(isBlocked); one; one = [...moves].find(isBlocked)) moves.delete(one[0])
  return moves
}

function hasAny(object: object, names: ReadonlyMap<string, unknown>): boolean {
  for (const name of names.keys()) if (Object.hasOwn(object, name)) return true
  return false
}
