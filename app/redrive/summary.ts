/** Outcomes of dead letters, by feed and original reason of refusal. */
import { createLedger } from '../ledger.ts'
import type { Ledger } from '../model.ts'
import { documentsOf, type Letter, type LetterFlaw } from './letter.ts'

/** Documents of one feed and reason. */
export interface Row {
  readonly feed: string
  readonly reason: string
  found: number
  readonly flaws: Map<LetterFlaw, number>
  /** The feed is no longer configured. */
  unconfigured: number
  /** Numbered by other steps than the feed has now. */
  reshaped: number
  /** The message has no document with the number. */
  absent: number
  /** The feed's topic or schema is unavailable, or the redrive ended before sending. */
  unsent: number
  /** Outcomes of all other documents. */
  readonly ledger: Ledger
  /** Details of the first document that failed again, by new reason; no payload. */
  readonly details: Map<string, string>
}

/** Rows in the order of their first letters. */
export class Summary {
  readonly #rows = new Map<string, Row>()
  #found = 0
  /** Letters counted. */
  letters = 0

  get rows(): readonly Row[] {
    return [...this.#rows.values()]
  }

  /** Documents of all counted letters. */
  get found(): number {
    return this.#found
  }

  /** Counts a letter in its row, and returns the row. */
  take(letter: Letter): Row {
    const row = this.#rowOf(letter)
    const documents = documentsOf(letter)
    this.letters++
    this.#found += documents
    row.found += documents
    return row
  }

  /** Documents produced, or that would be produced. */
  get sent(): number {
    return sumOf(this.rows, ({ ledger }) => ledger.produced)
  }

  /** All documents except those sent and those mapped to nothing. */
  get notSent(): number {
    return sumOf(this.rows, notSent)
  }

  /** Documents not sent because Kafka, the registry or a topic was unavailable, or the redrive ended. */
  get unsent(): number {
    return sumOf(this.rows, ({ unsent, ledger }) => unsent + ledger.inFlight)
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

/** Documents of a row that are neither sent nor mapped to nothing. */
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

function sumOf(rows: readonly Row[], of: (row: Row) => number): number {
  return rows.reduce((all, row) => all + of(row), 0)
}

/** The sum of the values. */
export function total(counts: ReadonlyMap<unknown, number>): number {
  return [...counts.values()].reduce((all, count) => all + count, 0)
}
