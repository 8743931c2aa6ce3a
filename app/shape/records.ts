/** Finds the documents inside a message: RECORDS and RECORDS_KEEP. */
import { Rejected } from '../errors.ts'
import { isObject } from '../lib/json-value.ts'
import { ownValue } from '../lib/own-value.ts'
import type { RecordsPath } from '../settings/formats/shapes.ts'

/** Returns the documents of a parsed message: one, or the candidates for several. Throws `Rejected` (`no_records`). */
export type FindRecords = (whole: unknown) => unknown

/** Settings of RECORDS. */
export interface RecordsOptions {
  readonly records: RecordsPath
  /** Paths of message fields to copy into each document under the last name of their path. Fields of the document take precedence. */
  readonly keep: readonly (readonly string[])[]
  /** A message with more candidates is refused by the caller, so nothing is copied into them. */
  readonly maxDocuments: number
}

/** Creates a finder. */
export function findRecords({ records: { path, entries, text }, keep, maxDocuments }: RecordsOptions): FindRecords {
  return (whole) => {
    const part = ownValue(whole, path)
    const candidates = entries ? membersOf(part, text) : part
    if (!Array.isArray(candidates) && !isObject(candidates)) {
      throw new Rejected('no_records', `${text}: neither object nor array (RECORDS)`)
    }
    const kept = keptOf(whole, keep)
    if (kept.length === 0 || (Array.isArray(candidates) && candidates.length > maxDocuments)) return candidates
    const more = Object.fromEntries(kept)
    const joined = (one: unknown): unknown => (isObject(one) ? { ...more, ...one } : one)
    return Array.isArray(candidates) ? candidates.map(joined) : joined(candidates)
  }
}

function membersOf(part: unknown, text: string): unknown[] {
  if (!isObject(part)) throw new Rejected('no_records', `${text}: no object (RECORDS)`)
  return Object.entries(part).map(([key, value]) => (isObject(value) ? { key, ...value } : value))
}

function keptOf(whole: unknown, keep: readonly (readonly string[])[]): [string, unknown][] {
  return keep.flatMap((path): [string, unknown][] => {
    const value = ownValue(whole, path)
    return value === undefined ? [] : [[path.at(-1) ?? '', value]]
  })
}
