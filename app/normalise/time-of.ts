/** A document's own time. */

import { instantOf } from '../lib/instant.ts'
import { ownValue } from '../lib/own-value.ts'
import type { Document } from '../model.ts'

/** Why a document has no time of its own. `absent`: the field is missing or null. `unreadable`: there is something else. */
export type NoTime = 'absent' | 'unreadable'

/** Finds the times of one feed's documents, and counts those that have none. */
export class DocumentTime {
  /** Documents without a time, by reason. */
  readonly missing: Record<NoTime, number> = { absent: 0, unreadable: 0 }
  readonly #path: readonly string[]
  readonly #first: (why: NoTime) => void

  /** `first` is told of the first document of each reason. */
  constructor(path: readonly string[], first: (why: NoTime) => void) {
    this.#path = path
    this.#first = first
  }

  /** In milliseconds since the epoch; undefined where there is none. */
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
