/** The records of one topic-partition: gathered, written one request at a time, held while Kafka will not take them. */

import { Unavailable } from '../errors.ts'
import type { Emit } from '../events.ts'
import { steadyNow } from '../lib/clock.ts'
import { sleep } from '../lib/sleep.ts'
import { STOPPED } from '../lib/stopped.ts'
import type { KafkaRecord, Refusal, Settlement, Sink } from '../model.ts'
import { countUntil, isExpiredAt } from './expiry.ts'
import { Owners } from './owners.ts'
import { BATCH_OVERHEAD_BYTES, countWithin, recordBytes } from './record-size.ts'
import { Trouble } from './trouble.ts'

/** Most records of one request: more gains nothing and makes a retry dear. */
const MAX_RECORDS = 5_000
/** Most bytes of one request, whatever the topic allows: the broker's default limit. */
const MAX_BYTES = 1_000_000

/** Which topic-partition, and the topic's present limit of bytes in a batch. */
export interface Place {
  readonly topic: string
  readonly partition: number
  readonly maxBytes: () => number
  /** Whether to refuse what a topic has not taken for `reason` for so long. */
  readonly givesUp: (reason: Unavailable['reason'], heldMs: number) => boolean
}

/** Made per topic-partition when its first record comes. */
export class PartitionQueue {
  readonly #sink: Sink
  readonly #place: Place
  readonly #lingerMs: number
  readonly #emit: Emit
  readonly #retired = new AbortController()
  readonly #signal: AbortSignal
  readonly #mostRecords: number
  #records: KafkaRecord[] = []
  #sizes: number[] = []
  readonly #owners = new Owners()
  #bytes = 0
  /** Whether any record so far may become too old. */
  #mayExpire = false
  #writing = false
  #drained: Promise<void> = Promise.resolve()
  #scheduled: NodeJS.Timeout | NodeJS.Immediate | undefined
  #lastEnd = 0
  /** When the trouble began for which records were refused; 0 after a write. What comes next is not waited with all over. */
  #gaveUpSince = 0

  constructor(sink: Sink, place: Place, lingerMs: number, emit: Emit, signal: AbortSignal) {
    this.#sink = sink
    this.#place = place
    this.#lingerMs = lingerMs
    this.#mostRecords = sink.mostRecords ?? MAX_RECORDS
    this.#emit = emit
    this.#signal = AbortSignal.any([signal, this.#retired.signal])
  }

  /** Never waits. A full batch is written at once if nothing is in flight, a lone record after the present turn of the loop. */
  add(record: KafkaRecord, settlement: Settlement): void {
    const bytes = recordBytes(record)
    this.#records.push(record)
    this.#sizes.push(bytes)
    this.#bytes += bytes
    this.#owners.add(settlement)
    if (record.expiresAt !== undefined) this.#mayExpire = true
    if (!this.#writing) this.#schedule()
  }

  close(): void {
    this.#unschedule()
  }

  /** Writes no more; resolves when what is on its way has been answered. What is added meanwhile is kept for `moveTo`. */
  async retire(): Promise<void> {
    this.#retired.abort(STOPPED)
    this.#unschedule()
    await this.#drained
  }

  /** After `retire`: adds all that is left to `other`, in order. */
  moveTo(other: PartitionQueue): void {
    const records = this.#records.splice(0)
    this.#owners.take(records.length, (settlement, from, to) => {
      for (const record of records.slice(from, to)) other.add(record, settlement)
    })
  }

  #schedule(): void {
    if (this.#isFull()) {
      this.#unschedule()
      this.#begin()
    } else if (!this.#scheduled) {
      const wait = this.#lastEnd + this.#lingerMs - performance.now()
      const begin = (): void => this.#begin()
      this.#scheduled = wait > 0.5 ? setTimeout(begin, wait) : setImmediate(begin)
    }
  }

  #unschedule(): void {
    clearTimeout(this.#scheduled as NodeJS.Timeout)
    clearImmediate(this.#scheduled as NodeJS.Immediate)
    this.#scheduled = undefined
  }

  #isFull(): boolean {
    return this.#records.length >= this.#mostRecords || this.#bytes + BATCH_OVERHEAD_BYTES >= this.#limit()
  }

  #limit(): number {
    return Math.min(MAX_BYTES, this.#place.maxBytes())
  }

  #begin(): void {
    this.#scheduled = undefined
    if (!this.#writing && !this.#signal.aborted) this.#drained = this.#drain()
  }

  /** Writes what is there: everything once, then only while full; the rest lingers. */
  async #drain(): Promise<void> {
    this.#writing = true
    do {
      const count = Math.min(this.#mostRecords, countWithin(this.#sizes, this.#limit()))
      const records = this.#records.splice(0, count)
      for (const size of this.#sizes.splice(0, count)) this.#bytes -= size
      await this.#write(records)
      this.#lastEnd = performance.now()
    } while (this.#isFull() && !this.#signal.aborted)
    this.#writing = false
    if (this.#records.length > 0 && !this.#signal.aborted) this.#schedule()
  }

  /** Ends when all of `records` are settled, or when the hold is closed. */
  async #write(records: readonly KafkaRecord[]): Promise<void> {
    const { topic, partition } = this.#place
    this.#emit({ type: 'records.requested', topic, records: records.length })
    const trouble = new Trouble(records.length)
    let rest = this.#withoutExpired(records)
    while (rest.length > 0 && !this.#signal.aborted) {
      const piece = this.#piece(rest, trouble.atMost)
      const sentAt = performance.now()
      try {
        const refusals = await this.#sink.write(topic, partition, piece)
        this.#settle(piece, refusals, trouble.startedAt)
        rest = rest.slice(piece.length)
        if (refusals.length === 0) trouble.grow()
        this.#resumed(trouble)
      } catch (error) {
        if (!(error instanceof Unavailable)) throw error
        this.#settle(rest.slice(0, error.settled), [], trouble.startedAt)
        rest = rest.slice(error.settled)
        if (this.#givesUp(trouble, error)) {
          this.#left(trouble)
          return this.#refuseAll(rest, error.message, trouble.startedAt)
        }
        await this.#held(trouble, error, piece.length, sentAt)
      }
      rest = this.#withoutExpired(rest)
    }
    this.#left(trouble)
    if (rest.length > 0) this.#records.unshift(...rest)
  }

  /** The first of `records` for one try: at most `most`, and none that has expired. */
  #piece(records: readonly KafkaRecord[], most: number): readonly KafkaRecord[] {
    const fresh = this.#mayExpire ? countUntil(records, isExpiredAt(steadyNow())) : records.length
    const count = Math.min(most, Math.max(1, fresh))
    return count < records.length ? records.slice(0, count) : records
  }

  /** `records` without those in front that have expired, which are settled. */
  #withoutExpired(records: readonly KafkaRecord[]): readonly KafkaRecord[] {
    if (!this.#mayExpire) return records
    const isExpired = isExpiredAt(steadyNow())
    const count = countUntil(records, (record) => !isExpired(record))
    if (count === 0) return records
    this.#emit({ type: 'records.refused', topic: this.#place.topic, records: count })
    this.#owners.take(count, (settlement, from, to) => settlement.expired(to - from))
    return records.slice(count)
  }

  #givesUp(trouble: Trouble, { reason }: Unavailable): boolean {
    const since = this.#gaveUpSince || trouble.since
    if (since === 0 || !this.#place.givesUp(reason, performance.now() - since)) return false
    this.#gaveUpSince = since
    return true
  }

  #refuseAll(records: readonly KafkaRecord[], detail: string, startedAt: number): void {
    const refusals = records.map((_, index): Refusal => ({ index, reason: 'broker_refused', detail }))
    this.#settle(records, refusals, startedAt)
  }

  /** Waits before the next try; what is too much, or holds a record the broker will not take, is halved at once instead. */
  async #held(
    trouble: Trouble,
    { reason, message: detail }: Unavailable,
    records: number,
    sentAt: number,
  ): Promise<void> {
    const { topic, partition } = this.#place
    const tooMuch = (reason === 'too_large' || reason === 'invalid_record') && records > 1
    const first = !tooMuch && trouble.isNews(reason, sentAt)
    this.#emit({ type: 'produce.held', topic, partition, reason, detail, first })
    if (tooMuch) trouble.halve(records)
    else await sleep(trouble.nextDelayMs(), this.#signal)
  }

  #resumed(trouble: Trouble): void {
    this.#gaveUpSince = 0
    const heldMs = trouble.end()
    const { topic, partition } = this.#place
    if (heldMs > 0) this.#emit({ type: 'produce.resumed', topic, partition, heldMs })
  }

  /** Nothing is tried any more; says so where it is not well. */
  #left({ since }: Trouble): void {
    const { topic, partition } = this.#place
    if (since > 0) this.#emit({ type: 'produce.left', topic, partition })
  }

  /** Tells the owners of `records`, the first that are left, how they ended. */
  #settle(records: readonly KafkaRecord[], refusals: readonly Refusal[], startedAt: number): void {
    if (records.length === 0) return
    const { topic } = this.#place
    const acknowledged = records.length - refusals.length
    const durationMs = performance.now() - startedAt
    if (acknowledged > 0) this.#emit({ type: 'records.acknowledged', topic, records: acknowledged, durationMs })
    if (refusals.length > 0) this.#emit({ type: 'records.refused', topic, records: refusals.length })
    let next = 0
    this.#owners.take(records.length, (settlement, from, to) => {
      let refused = 0
      for (let refusal = refusals[next]; refusal && refusal.index < to; refusal = refusals[++next], refused++) {
        settlement.refused(refusal, topic, records[refusal.index] as KafkaRecord)
      }
      if (refused < to - from) settlement.produced(to - from - refused)
    })
  }
}
