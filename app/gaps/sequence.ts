/** Numbers that an upstream counts its documents with: what is missing, and what comes again. */
import type { Emit } from '../events.ts'
import { ownValue } from '../lib/own-value.ts'
import type { Document, Message, SourceInfo } from '../model.ts'

/** A number that is further back than this is no repetition: the upstream began anew. */
const FAR = 1_000
/** Most records of missing numbers per source between two flushes; further ones are joined. */
const MOST_RECORDS = 10

/** One source. `lastAt` is the receive time of its last number, milliseconds since the epoch. */
interface Count {
  readonly source: SourceInfo
  last: number
  lastAt: number
  told: number
  joined: Range | undefined
}

interface Range {
  readonly from: number
  readonly to: number
  readonly beganAt: number
  readonly endedAt: number
}

/** One feed's numbers, per source, from the start of the process. */
export class SequenceWatch {
  readonly #path: readonly string[]
  readonly #emit: Emit
  readonly #counts = new Map<SourceInfo, Count>()
  /** Numbers that were passed over, and documents whose number was not above the last. */
  missing = 0
  repeated = 0

  /** `path`: where in the document the number is. */
  constructor(path: readonly string[], emit: Emit) {
    this.#path = path
    this.#emit = emit
  }

  /**
   * Called for every document, in order. Whole numbers from 0 to 2^53 - 1 count; documents with anything else are passed
   * over. A number not above the last is a repetition, unless it is 0 or 1, less than half of the last, or more than
   * 1,000 below it: then the upstream began anew.
   */
  readonly check = (document: Document, message: Message): void => {
    const number = ownValue(document, this.#path)
    if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0) return
    const count = this.#counts.get(message.source)
    if (!count) this.#begin(number, message)
    else if (number === count.last + 1 || beganAnew(number, count.last)) this.#go(count, number, message)
    else if (number <= count.last) this.repeated++
    else this.#miss(count, number, message)
  }

  /** Tells what was joined; call it from time to time, and at the end. */
  flush(): void {
    for (const count of this.#counts.values()) {
      if (count.joined) this.#tell(count.source, count.joined)
      count.joined = undefined
      count.told = 0
    }
  }

  #begin(last: number, { source, receivedAt }: Message): void {
    this.#counts.set(source, { source, last, lastAt: receivedAt, told: 0, joined: undefined })
  }

  #go(count: Count, number: number, { receivedAt }: Message): void {
    count.last = number
    count.lastAt = receivedAt
  }

  #miss(count: Count, number: number, message: Message): void {
    const { last, lastAt, joined } = count
    this.missing += number - last - 1
    const range = { from: last + 1, to: number - 1, beganAt: lastAt, endedAt: Math.max(lastAt, message.receivedAt) }
    if (count.told < MOST_RECORDS) {
      count.told++
      this.#tell(count.source, range)
    } else {
      count.joined = joined ? { ...range, from: Math.min(joined.from, range.from), beganAt: joined.beganAt } : range
    }
    this.#go(count, number, message)
  }

  #tell(source: SourceInfo, { from, to, beganAt, endedAt }: Range): void {
    const none = { lastMessageAt: beganAt, code: undefined, dials: 0 }
    this.#emit({ type: 'gap.ended', source, reason: 'sequence', beganAt, endedAt, ...none, sequence: { from, to } })
  }
}

function beganAnew(number: number, last: number): boolean {
  if (number >= last) return false
  return number <= 1 || number < last / 2 || number < last - FAR
}
