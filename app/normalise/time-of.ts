/** A document's own time. */
import { propertyAt } from '../lib/property.ts'
import type { Document } from '../model.ts'
import { toTimestamp } from './timestamp.ts'

/** A function that answers the time at `path` in milliseconds since the epoch; undefined where there is none that can be read. */
export function timeOf(path: readonly string[]): (document: Document) => number | undefined {
  return (document) => {
    const text = toTimestamp(propertyAt(document, path))
    return text === undefined ? undefined : Date.parse(text)
  }
}
