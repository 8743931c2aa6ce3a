/** What became of the dead letters, by feed and the reason for which they were refused then. */
import { createLedger } from '../ledger.ts'
import type { Ledger } from '../model.ts'
import { documentsOf, type Flaw, type Letter } from './letter.ts'

/** The documents of one feed and reason that letters tell of. */
export interface Row {
  readonly feed: string
  readonly reason: string
  found: number
  readonly flaws: Map<Flaw, number>
  /** Their feed is configured no longer. */
  unconfigured: number
  /** Their numbers were given by other steps than their feed has now. */
  reshaped: number
  /** Their message has no document of their number. */
  absent: number
  /** Their feed's topic or schema cannot be had, or all ended before they were sent. */
  unsent: number
  /** What became of the documents of the rest. */
  readonly ledger: Ledger
  /** What was said of the first document that failed again, by reason; without payload. */
  readonly details: Map<string, string>
}

/** Rows in the order in which their first letter came. */
export class Tally {
  /** The letters' whole messages are sent, of whose documents the letters tell only some: what is found is messages then. */
  readonly isWhole: boolean
  readonly #rows = new Map<string, Row>()
  #found = 0
  /** Letters taken. */
  letters = 0

  constructor(isWhole = false) {
    this.isWhole = isWhole
  }

  get rows(): readonly Row[] {
    return [...this.#rows.values()]
  }

  /** Documents that the letters taken tell of. */
  get found(): number {
    return this.#found
  }

  /** Counts a letter into its row. */
  take(letter: Letter): Row {
    const row = this.#rowOf(letter)
    const documents = documentsOf(letter)
    this.letters++
    this.#found += documents
    row.found += documents
    return row
  }

  /** Documents that are in their topics now, or would be. */
  get sent(): number {
    return sum(this.rows, ({ ledger }) => ledger.produced)
  }

  /** Documents that are not, and will not be without a change: all but those sent and those mapped to nothing. */
  get notSent(): number {
    return sum(this.rows, notSent)
  }

  /** Documents that could have been sent, had nothing been away. */
  get unsent(): number {
    return sum(this.rows, ({ unsent, ledger }) => unsent + ledger.inFlight)
  }

  #rowOf(letter: Letter): Row {
    const { feed, reason, flaw } = letter
    const key = JSON.stringify([feed, reason])
    const row = this.#rows.get(key) ?? emptyRow(feed, reason)
    this.#rows.set(key, row)
    if (flaw) row.flaws.set(flaw, (row.flaws.get(flaw) ?? 0) + documentsOf(letter))
    return row
  }
}

/** Of one row. */
export function notSent(row: Row): number {
  return (
    total(row.flaws) +
    row.unconfigured +
    row.reshaped +
    row.absent +
    row.unsent +
    total(row.ledger.refused) +
    row.ledger.inFlight
  )
}

function emptyRow(feed: string, reason: string): Row {
  return {
    feed,
    reason,
    found: 0,
    flaws: new Map(),
    unconfigured: 0,
    reshaped: 0,
    absent: 0,
    unsent: 0,
    ledger: createLedger(),
    details: new Map(),
  }
}

function sum(rows: readonly Row[], of: (row: Row) => number): number {
  return rows.reduce((all, row) => all + of(row), 0)
}

/** The sum of the values. */
export function total(counts: ReadonlyMap<unknown, number>): number {
  return [...counts.values()].reduce((all, count) => all + count, 0)
}
