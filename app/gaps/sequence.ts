/** Numbers that an upstream counts its documents with: what is missing, and what comes again. */
import type { Emit } from '../events.ts'
import type { Clock } from '../lib/clock.ts'
import { numberText } from '../lib/json-value.ts'
import { ownValue } from '../lib/own-value.ts'
import type { Document, Message, SourceInfo } from '../model.ts'
import { count, isNext, next, previous, type Whole, wholeOf } from './whole.ts'

/** A number that is further back than this is no repetition: the upstream began anew. */
const FAR = 1_000
/** Most records of missing numbers per source between two flushes; further ones are joined, by sequence. */
const MOST_RECORDS = 10
/** Longest name of a sequence, in characters. */
const MAX_NAME = 256

/** Where in a document its numbers are. */
export interface SequencePaths {
  readonly last: readonly string[]
  /** Where the document stands for several numbers: the first of them. */
  readonly first?: readonly string[] | undefined
  /** Which sequence the numbers belong to; without it, each source has one. */
  readonly by?: readonly string[] | undefined
}

/** Why a document is not watched. `absent`: a field is missing or null. `unreadable`: there is no such number or name. `too_many`: its sequence is one more than are watched. */
export type Unwatched = 'absent' | 'unreadable' | 'too_many'

interface Range {
  readonly from: Whole
  readonly to: Whole
  readonly beganAt: number
  readonly endedAt: number
}

/** One sequence of a source. `lastAt` is the receive time of its last number on the steady clock, milliseconds since the epoch. */
interface Sequence {
  readonly of: SourceSequences
  readonly name: string
  last: Whole
  lastAt: number
  joined: Range | undefined
}

interface SourceSequences {
  readonly source: SourceInfo
  readonly byName: Map<string, Sequence>
  told: number
}

/** One feed's numbers, per source and sequence, from the start of the process. */
export class SequenceWatch {
  readonly #paths: SequencePaths
  readonly #most: number
  readonly #clock: Pick<Clock, 'steadyReceivedAt'>
  readonly #emit: Emit
  readonly #sources = new Map<SourceInfo, SourceSequences>()
  readonly #joined = new Set<Sequence>()
  /** What a lane still holds of them is not watched. */
  readonly #gone = new WeakSet<SourceInfo>()
  #sequences = 0
  /** Numbers that were passed over, and documents whose numbers were not above the last. */
  missing = 0
  repeated = 0
  /** Documents that are not watched, by reason. */
  readonly unwatched: Record<Unwatched, number> = { absent: 0, unreadable: 0, too_many: 0 }

  /** Watches at most `most` sequences, over all sources. */
  constructor(paths: SequencePaths, most: number, clock: Pick<Clock, 'steadyReceivedAt'>, emit: Emit) {
    this.#paths = paths
    this.#most = most
    this.#clock = clock
    this.#emit = emit
  }

  /**
   * Called for every document, in order. Whole numbers from 0 to 2^63 - 1 count, also as text. A document not above the last number
   * is a repetition, unless its number is 0 or 1, less than half of the last, or more than 1,000 below it: then the upstream began anew.
   */
  readonly check = (document: Document, message: Message): void => {
    const { last: lastPath, first: firstPath, by } = this.#paths
    const given = ownValue(document, lastPath)
    const givenFirst = firstPath ? ownValue(document, firstPath) : given
    const givenName = by ? ownValue(document, by) : ''
    if (isAbsent(given) || isAbsent(givenFirst) || isAbsent(givenName)) return this.#pass('absent', message)
    const last = wholeOf(given)
    const first = firstPath ? wholeOf(givenFirst) : last
    const name = nameOf(givenName)
    if (last === undefined || first === undefined || first > last || name === undefined) {
      return this.#pass('unreadable', message)
    }
    const sequence = this.#sequenceOf(message.source, name)
    if (!sequence) this.#begin(name, last, message)
    else if (isNext(first, sequence.last)) this.#go(sequence, last, message)
    else if (first > sequence.last) this.#miss(sequence, first, last, message)
    else if (last > sequence.last || beganAnew(first, last, sequence.last)) this.#go(sequence, last, message)
    else this.repeated++
  }

  /** Its sequences count no more; what was joined of them is told. */
  forget(source: SourceInfo): void {
    for (const sequence of this.#sources.get(source)?.byName.values() ?? []) {
      if (sequence.joined) this.#tell(sequence, sequence.joined)
      this.#joined.delete(sequence)
      this.#sequences--
    }
    this.#sources.delete(source)
    this.#gone.add(source)
  }

  /** Tells what was joined; call it from time to time, and at the end. */
  flush(): void {
    for (const sequence of this.#joined) {
      if (sequence.joined) this.#tell(sequence, sequence.joined)
      sequence.joined = undefined
    }
    this.#joined.clear()
    for (const source of this.#sources.values()) source.told = 0
  }

  #sequenceOf(source: SourceInfo, name: string): Sequence | undefined {
    return this.#sources.get(source)?.byName.get(name)
  }

  #begin(name: string, last: Whole, message: Message): void {
    if (this.#gone.has(message.source)) return
    if (this.#sequences >= this.#most) return this.#pass('too_many', message)
    this.#sequences++
    const { source } = message
    const lastAt = this.#clock.steadyReceivedAt(message)
    const known = this.#sources.get(source)
    const of = known ?? { source, byName: new Map(), told: 0 }
    if (!known) this.#sources.set(source, of)
    of.byName.set(name, { of, name, last, lastAt, joined: undefined })
  }

  #pass(why: Unwatched, { source: { feed } }: Message): void {
    if (this.unwatched[why]++ === 0) this.#emit({ type: 'sequence.unwatched', feed, why })
  }

  #go(sequence: Sequence, last: Whole, message: Message): void {
    sequence.last = last
    sequence.lastAt = this.#clock.steadyReceivedAt(message)
  }

  #miss(sequence: Sequence, first: Whole, last: Whole, message: Message): void {
    const { of, lastAt, joined } = sequence
    const range = {
      from: next(sequence.last),
      to: previous(first),
      beganAt: lastAt,
      endedAt: Math.max(lastAt, this.#clock.steadyReceivedAt(message)),
    }
    this.missing += count(range.from, range.to)
    if (of.told < MOST_RECORDS) {
      of.told++
      this.#tell(sequence, range)
    } else {
      sequence.joined = joined ? join(joined, range) : range
      this.#joined.add(sequence)
    }
    this.#go(sequence, last, message)
  }

  #tell({ of: { source }, name }: Sequence, { from, to, beganAt, endedAt }: Range): void {
    const none = { lastMessageAt: beganAt, code: undefined, dials: 0 }
    const sequence = { from, to, by: this.#paths.by && name }
    this.#emit({ type: 'gap.ended', source, reason: 'sequence', beganAt, endedAt, ...none, sequence })
  }
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null
}

function nameOf(value: unknown): string | undefined {
  const text = typeof value === 'string' || typeof value === 'boolean' ? String(value) : numberText(value)
  return text !== undefined && text.length <= MAX_NAME ? text : undefined
}

/** Whatever began anew in between, nothing of either is left out. */
function join(earlier: Range, later: Range): Range {
  return {
    from: earlier.from < later.from ? earlier.from : later.from,
    to: earlier.to > later.to ? earlier.to : later.to,
    beganAt: earlier.beganAt,
    endedAt: later.endedAt,
  }
}

/** For numbers that do not go beyond `before`. */
function beganAnew(first: Whole, last: Whole, before: Whole): boolean {
  if (last === before) return false
  return first <= 1 || Number(last) < Number(before) / 2 || count(last, before) > FAR + 1
}
