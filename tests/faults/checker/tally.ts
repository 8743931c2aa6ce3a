/** What a topic holds, counted record by record: which documents, how often, in which order, and whether they are whole. */
import type { ReadRecord } from '../../support/stack.ts'
import { readValue } from './wire.ts'

/** Made per topic; `record` takes its records in the order of each partition. */
export interface Tally {
  record(this: void, record: ReadRecord): void
  readonly records: number
  /** Times that document `seq` of `source` is there. */
  times(source: string, seq: number): number
  /** Different documents of the simulator's sources. */
  readonly distinct: number
  /** Records beyond the first of the same document. */
  readonly duplicates: number
  /**
   * Lengths of the runs of records that are again what stood a fixed distance before: a request that was written twice is one
   * of them, since no other of its partition comes in between.
   */
  readonly repeats: readonly number[]
  /** First appearances behind a later one of the same source and partition, with the first of them in words. */
  readonly disorder: { readonly count: number; readonly example: string }
  /** Values that are none of the schema, or whose hash is not that of their content. */
  readonly broken: { readonly count: number; readonly example: string }
  /** Schema ids in headers, with how many records carry them. */
  readonly schemaIds: ReadonlyMap<number, number>
  /** Some records, evenly over the topic, for the other decoder. */
  readonly sample: readonly ReadRecord[]
  /** Records of sources that the simulator does not have, the first thousand. */
  readonly others: readonly ReadRecord[]
}

const SAMPLE = 40
const MOST_OTHERS = 1_000

/** A tally that expects documents of `sources`. */
export function openTally(sources: readonly string[]): Tally {
  const seen = new Map<string, number[]>(sources.map((source) => [source, []]))
  const places = new Map<string, number[]>(sources.map((source) => [source, []]))
  const repeats: number[] = []
  const repeating = new Map<number, { readonly distance: number; readonly offset: number }>()
  const lastFirst = new Map<string, number>()
  const schemaIds = new Map<number, number>()
  const sample: ReadRecord[] = []
  const others: ReadRecord[] = []
  const counts = { records: 0, distinct: 0, duplicates: 0 }
  const disorder = { count: 0, example: '' }
  const broken = { count: 0, example: '' }
  let stride = 1

  const keepOther = (record: ReadRecord): void => {
    if (others.length < MOST_OTHERS) others.push(record)
  }
  const keepSample = (record: ReadRecord): void => {
    if (counts.records % stride !== 0) return
    sample.push(record)
    if (sample.length < 2 * SAMPLE) return
    sample.splice(0, sample.length, ...sample.filter((_, at) => at % 2 === 0))
    stride *= 2
  }
  const repeated = ({ partition, offset }: ReadRecord, distance: number): void => {
    const last = repeating.get(partition)
    const goesOn = last?.distance === distance && last.offset === Number(offset) - 1
    if (goesOn) repeats[repeats.length - 1] = (repeats.at(-1) ?? 0) + 1
    else repeats.push(1)
    repeating.set(partition, { distance, offset: Number(offset) })
  }
  const appeared = (source: string, seq: number, record: ReadRecord, times: number[]): void => {
    const { partition, offset } = record
    times[seq] = (times[seq] ?? 0) + 1
    const at = places.get(source) ?? []
    const before = at[seq]
    at[seq] = Number(offset)
    if (before !== undefined) {
      counts.duplicates++
      return repeated(record, Number(offset) - before)
    }
    counts.distinct++
    const place = `${source} in partition ${partition}`
    const last = lastFirst.get(place) ?? -1
    if (seq > last) lastFirst.set(place, seq)
    else if (disorder.count++ === 0) disorder.example = `${seq} of ${place} follows ${last}, at offset ${offset}`
  }

  const visit = (record: ReadRecord): void => {
    const { schemaId, document, isIntact } = readValue(record.value)
    schemaIds.set(schemaId, (schemaIds.get(schemaId) ?? 0) + 1)
    const times = seen.get(document.source)
    if (!times) return keepOther(record)
    if (!isIntact && broken.count++ === 0) broken.example = `${document.source} ${document.seq}: another hash`
    keepSample(record)
    appeared(document.source, document.seq, record, times)
  }

  return {
    record(record) {
      counts.records++
      try {
        visit(record)
      } catch (error) {
        if (broken.count++ === 0) broken.example = `offset ${record.offset} of partition ${record.partition}: ${error}`
        keepOther(record)
      }
    },
    get records() {
      return counts.records
    },
    times: (source, seq) => seen.get(source)?.[seq] ?? 0,
    get distinct() {
      return counts.distinct
    },
    get duplicates() {
      return counts.duplicates
    },
    repeats,
    disorder,
    broken,
    schemaIds,
    sample,
    others,
  }
}
