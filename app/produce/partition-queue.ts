/** The records of one topic-partition: gathered, written one request at a time, held while Kafka will not take them. */
import { Unavailable } from '../errors.ts'
import type { Emit } from '../events.ts'
import { backoffDelay } from '../lib/backoff.ts'
import { sleep } from '../lib/sleep.ts'
import type { KafkaRecord, Refusal, Settlement, Sink } from '../model.ts'
import { BATCH_OVERHEAD_BYTES, recordBytes } from './record-size.ts'

/** Most records of one request: more gains nothing and makes a retry dear. */
const MAX_RECORDS = 5_000
/** Most bytes of one request, whatever the topic allows: the broker's default limit. */
const MAX_BYTES = 1_000_000
const BACKOFF = { baseMs: 100, capMs: 5_000 }

/** Which topic-partition, and the topic's present limit of bytes in a batch. */
export interface Place {
  readonly topic: string
  readonly partition: number
  readonly maxBytes: () => number
}

/** One write's history: times are milliseconds on the monotonic clock, `since` 0 = not held, `atMost` in records. */
interface Trouble {
  readonly startedAt: number
  since: number
  attempts: number
  atMost: number
}

interface Run {
  readonly settlement: Settlement
  records: number
}

/** Made per topic-partition when its first record comes. */
export class PartitionQueue {
  readonly #sink: Sink
  readonly #place: Place
  readonly #lingerMs: number
  readonly #emit: Emit
  readonly #signal: AbortSignal
  #records: KafkaRecord[] = []
  #sizes: number[] = []
  #runs: Run[] = []
  #bytes = 0
  #writing = false
  #scheduled: NodeJS.Timeout | NodeJS.Immediate | undefined
  #lastEnd = 0

  constructor(sink: Sink, place: Place, lingerMs: number, emit: Emit, signal: AbortSignal) {
    this.#sink = sink
    this.#place = place
    this.#lingerMs = lingerMs
    this.#emit = emit
    this.#signal = signal
  }

  /** Never waits. A full batch is written at once if nothing is in flight, a lone record after the present turn of the loop. */
  add(record: KafkaRecord, settlement: Settlement): void {
    const bytes = recordBytes(record)
    this.#records.push(record)
    this.#sizes.push(bytes)
    this.#bytes += bytes
    const last = this.#runs.at(-1)
    if (last?.settlement === settlement) last.records++
    else this.#runs.push({ settlement, records: 1 })
    if (!this.#writing) this.#schedule()
  }

  close(): void {
    this.#unschedule()
  }

  #schedule(): void {
    if (this.#isFull()) {
      this.#unschedule()
      void this.#drain()
    } else if (!this.#scheduled) {
      const wait = this.#lastEnd + this.#lingerMs - performance.now()
      const begin = (): void => {
        this.#scheduled = undefined
        void this.#drain()
      }
      this.#scheduled = wait > 0.5 ? setTimeout(begin, wait) : setImmediate(begin)
    }
  }

  #unschedule(): void {
    clearTimeout(this.#scheduled as NodeJS.Timeout)
    clearImmediate(this.#scheduled as NodeJS.Immediate)
    this.#scheduled = undefined
  }

  #isFull(): boolean {
    return this.#records.length >= MAX_RECORDS || this.#bytes + BATCH_OVERHEAD_BYTES >= this.#limit()
  }

  #limit(): number {
    return Math.min(MAX_BYTES, this.#place.maxBytes())
  }

  /** Writes what is there: everything once, then only while full; the rest lingers. */
  async #drain(): Promise<void> {
    if (this.#writing || this.#signal.aborted) return
    this.#writing = true
    do {
      const count = this.#countForOneRequest()
      const records = this.#records.splice(0, count)
      for (const size of this.#sizes.splice(0, count)) this.#bytes -= size
      await this.#write(records)
      this.#lastEnd = performance.now()
    } while (this.#isFull() && !this.#signal.aborted)
    this.#writing = false
    if (this.#records.length > 0 && !this.#signal.aborted) this.#schedule()
  }

  #countForOneRequest(): number {
    const limit = this.#limit()
    let bytes = BATCH_OVERHEAD_BYTES
    let count = 0
    for (const size of this.#sizes) {
      bytes += size
      if (count > 0 && (bytes > limit || count >= MAX_RECORDS)) break
      count++
    }
    return count
  }

  /** Ends when all of `records` are settled, or when the hold is closed. */
  async #write(records: readonly KafkaRecord[]): Promise<void> {
    const { topic, partition } = this.#place
    this.#emit({ type: 'records.requested', topic, records: records.length })
    const trouble: Trouble = { startedAt: performance.now(), since: 0, attempts: 0, atMost: records.length }
    let rest = records
    while (rest.length > 0 && !this.#signal.aborted) {
      const piece = rest.length > trouble.atMost ? rest.slice(0, trouble.atMost) : rest
      try {
        this.#settle(piece.length, await this.#sink.write(topic, partition, piece), trouble.startedAt)
        rest = rest.slice(piece.length)
        this.#resumed(trouble)
      } catch (error) {
        if (!(error instanceof Unavailable)) throw error
        this.#settle(error.settled, [], trouble.startedAt)
        rest = rest.slice(error.settled)
        await this.#held(trouble, error, piece.length)
      }
    }
  }

  /** Waits before the next try; what is too much, or holds a record the broker will not take, is halved at once instead. */
  async #held(trouble: Trouble, { reason, message: detail }: Unavailable, records: number): Promise<void> {
    const { topic, partition } = this.#place
    const tooMuch = (reason === 'too_large' || reason === 'invalid_record') && records > 1
    const first = !tooMuch && trouble.since === 0
    this.#emit({ type: 'produce.held', topic, partition, reason, detail, first })
    if (tooMuch) {
      trouble.atMost = Math.ceil(records / 2)
      return
    }
    trouble.since ||= performance.now()
    await sleep(backoffDelay(trouble.attempts++, BACKOFF), this.#signal)
  }

  #resumed(trouble: Trouble): void {
    if (trouble.since > 0) {
      const heldMs = performance.now() - trouble.since
      this.#emit({ type: 'produce.resumed', topic: this.#place.topic, partition: this.#place.partition, heldMs })
    }
    trouble.since = 0
    trouble.attempts = 0
  }

  /** Tells the owners of the first `count` records how they ended. */
  #settle(count: number, refusals: readonly Refusal[], startedAt: number): void {
    if (count === 0) return
    const { topic } = this.#place
    const durationMs = performance.now() - startedAt
    if (refusals.length < count) {
      this.#emit({ type: 'records.acknowledged', topic, records: count - refusals.length, durationMs })
    }
    if (refusals.length > 0) this.#emit({ type: 'records.refused', topic, records: refusals.length })
    let at = 0
    let next = 0
    for (let run = this.#runs[0]; run && at < count; run = this.#runs[0]) {
      const records = Math.min(run.records, count - at)
      let refused = 0
      for (; next < refusals.length && (refusals[next] as Refusal)[0] < at + records; next++, refused++) {
        run.settlement.refused((refusals[next] as Refusal)[1], topic)
      }
      if (refused < records) run.settlement.produced(records - refused)
      at += records
      run.records -= records
      if (run.records === 0) this.#runs.shift()
    }
  }
}
