/** Every record is looked at: is it one that was sent, in its place, once, with the right content. */
import { isDeepStrictEqual } from 'node:util'
import { avroReader, type Decoded } from './avro-reader.ts'
import { FIRST_SEQUENCE, FIRST_SOURCE, type Shape } from './shapes/shape.ts'

/** What went wrong, in records; all 0 when nothing did. */
export interface Faults {
  readonly lost: number
  readonly duplicated: number
  /** Behind a later one of the same source, or in another partition than the source's first. */
  readonly outOfOrder: number
  /** Never sent, or with other content, key or schema. */
  readonly different: number
}

/** Where a message stands in what was sent: `source` from 0, `at` from 0. */
export interface Place {
  readonly source: number
  readonly at: number
}

/** What a topic should hold: the first `shares[i]` messages of each source. `key` null: none. */
export interface Wanted {
  readonly shape: Shape
  readonly shares: readonly number[]
  readonly key: string | null
  readonly schemaId: number
}

/** Takes the records of each partition in their order. */
export interface Check {
  /** Answers which message it was; undefined for none that was sent. */
  record(partition: number, key: Buffer | null, value: Buffer | null): Place | undefined
  faults(): Faults
}

/** A check for a topic that should hold what is wanted, and nothing else. */
export function openCheck({ shape, shares, key, schemaId }: Wanted): Check {
  const read = avroReader(shape.schema)
  const seen = shares.map((count) => new Uint8Array(count))
  const highest = shares.map(() => -1)
  const partitions: (number | undefined)[] = []
  const wantedKey = key === null ? null : Buffer.from(key)
  let found = 0
  let duplicated = 0
  let outOfOrder = 0
  let different = 0
  const order = (partition: number, { source, at }: Place): void => {
    partitions[source] ??= partition
    if (at < (highest[source] ?? -1) || partition !== partitions[source]) outOfOrder++
    else highest[source] = at
  }
  return {
    record(partition, givenKey, value) {
      const decoded = readable(read, value)
      const position = decoded && shape.positionOf(decoded.document)
      const place = { source: (position?.source ?? 0) - FIRST_SOURCE, at: (position?.seq ?? 0) - FIRST_SEQUENCE }
      const marks = seen[place.source]
      if (decoded?.schemaId !== schemaId || !position || marks?.[place.at] === undefined) {
        different++
        return undefined
      }
      if (marks[place.at] === 1) duplicated++
      else {
        marks[place.at] = 1
        found++
        order(partition, place)
      }
      const sameKey = wantedKey && givenKey ? wantedKey.equals(givenKey) : wantedKey === givenKey
      if (!sameKey || !isDeepStrictEqual(decoded.document, shape.document(position))) different++
      return place
    },
    faults: () => ({ lost: shares.reduce((sum, count) => sum + count, 0) - found, duplicated, outOfOrder, different }),
  }
}

function readable(read: (value: Buffer) => Decoded, value: Buffer | null): Decoded | undefined {
  try {
    return value ? read(value) : undefined
  } catch {
    return undefined
  }
}
