/** Every record is looked at: is it one that was sent, in its place, once, with the right content. */
import { decodeTrade } from './decode.ts'
import { FIRST_SEQUENCE, FIRST_SOURCE, type Trade, tradeOf } from './trade.ts'

/** What went wrong, in records; all 0 when nothing did. */
export interface Faults {
  readonly lost: number
  readonly duplicated: number
  /** Behind a later one of the same source. */
  readonly outOfOrder: number
  /** Never sent, or with other content, key or schema. */
  readonly different: number
}

/** Takes the records in the order of the topic. */
export interface Check {
  record(key: Buffer | null, value: Buffer | null): void
  faults(): Faults
}

/** A check for a topic that should hold the first `shares[i]` messages of each source. */
export function openCheck(shares: readonly number[], key: string, schemaId: number): Check {
  const seen = shares.map((count) => new Uint8Array(count))
  const highest = shares.map(() => -1)
  const wantedKey = Buffer.from(key)
  let found = 0
  let duplicated = 0
  let outOfOrder = 0
  let different = 0
  return {
    record(givenKey, value) {
      const trade = readable(value, schemaId)
      const source = (trade?.source ?? 0) - FIRST_SOURCE
      const at = (trade?.seq ?? 0) - FIRST_SEQUENCE
      const marks = seen[source]
      if (!trade || marks?.[at] === undefined) {
        different++
        return
      }
      if (marks[at] === 1) duplicated++
      else {
        marks[at] = 1
        found++
        if (at < (highest[source] ?? -1)) outOfOrder++
        else highest[source] = at
      }
      if (!givenKey?.equals(wantedKey) || !isSame(trade, tradeOf(trade.source, trade.seq))) different++
    },
    faults: () => ({ lost: shares.reduce((sum, count) => sum + count, 0) - found, duplicated, outOfOrder, different }),
  }
}

function readable(value: Buffer | null, schemaId: number): Trade | undefined {
  try {
    const decoded = value ? decodeTrade(value) : undefined
    return decoded?.schemaId === schemaId ? decoded.trade : undefined
  } catch {
    return undefined
  }
}

function isSame(a: Trade, b: Trade): boolean {
  return a.p === b.p && a.s === b.s && a.t === b.t && a.v === b.v && a.venue === b.venue
}
