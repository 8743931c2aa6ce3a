/** Reads a document's own time. */

import { instantOf } from '../lib/instant.ts'
import { ownValue } from '../lib/own-value.ts'
import type { Document } from '../model.ts'

/** Why a document has no time. `absent`: the field is missing or null. `unreadable`: the value is no time. */
export type NoTime = 'absent' | 'unreadable'

/** Finds the times of a feed's documents and counts documents without a time. */
export class DocumentTime {
  /** Documents without a time, by reason. */
  readonly missing: Record<NoTime, number> = { absent: 0, unreadable: 0 }
  readonly #path: readonly string[]
  readonly #first: (why: NoTime) => void

  /** Calls `first` at the first document of each reason. */
  constructor(path: readonly string[], first: (why: NoTime) => void) {
    this.#path = path
    this.#first = first
  }

  /** Returns milliseconds since the epoch; undefined without a time. */
  readonly of = (document: Document): number | undefined => {
    const value = ownValue(document, this.#path)
    const at = instantOf(value)
    if (at === undefined) this.#count(value === undefined || value === null ? 'absent' : 'unreadable')
    return at
  }

  #count(why: NoTime): void {
    if (this.missing[why]++ === 0) this.#first(why)
  }
}
