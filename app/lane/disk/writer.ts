/** The one writer of a lane: all that arrived while the last write ran goes to the disk with the next one, unless it is settled before. */
import { backoffDelay } from '../../lib/backoff.ts'
import { sleep } from '../../lib/sleep.ts'
import { BATCH } from '../piece.ts'
import { blockBytes, writeBlock } from './block.ts'
import { isFull, type Log } from './log.ts'
import { makeSafe, type Part } from './part.ts'
import { isDue, Pending } from './pending.ts'
import type { Presence } from './presence.ts'
import { seedOf } from './reader.ts'
import type { State } from './state.ts'

/** Payload of one write, in bytes; a single part may be larger. */
const MOST_BYTES = 4 * 1024 * 1024
/** Where there is little room. */
const LEAST_BYTES = 16 * 1024
/** How long what is settled may be on the way to the disk, in milliseconds. */
const SETTLE_MS = 250
/** A timer that ends so much later, in milliseconds, will do. */
const SOON_MS = 0.5
const RETRY = { baseMs: 250, capMs: 5_000 }
/** Between two tries when the disk is full and something was settled, in milliseconds. */
const LEAST_MS = 50
/** Kept for what is written next. */
const LEAST_BUFFER_BYTES = 64 * 1024

/** What a writer works with, and who is told what. */
export interface WriterOptions {
  readonly log: Pick<Log, 'write' | 'forget' | 'isEmpty'>
  readonly state: State
  readonly presence: Pick<Presence, 'look' | 'problem'>
  /** Number of the last message that is written. */
  readonly last: number
  /** What receive times lack to the broker's clock, in milliseconds; undefined where it is not known. */
  readonly correctionMs: () => number | undefined
  /** Told of each part once it is on the disk, in order. */
  readonly written: (part: Part) => void
  /** Told of each try that failed; `isNews` when the one before it did not, or for another reason. */
  readonly held: (detail: string, isNews: boolean) => void
  /** Told when the disk takes writes again. */
  readonly resumed: (heldMs: number) => void
}

/** In order; `add` never waits. */
export class Writer {
  readonly #options: WriterOptions
  readonly #seed: number
  readonly #pending = new Pending()
  /** When the state is to be flushed. */
  #staleAt = Number.POSITIVE_INFINITY
  #last: number
  #most = MOST_BYTES
  #buffer = Buffer.allocUnsafeSlow(LEAST_BUFFER_BYTES)
  #timer: NodeJS.Timeout | undefined
  #timerAt = Number.POSITIVE_INFINITY
  #running: Promise<void> | undefined
  /** Ends the wait between two tries; `#waitsForRoom` when something settled may help. */
  #pause = new AbortController()
  #waitsForRoom = false
  #held: { readonly detail: string; readonly isFull: boolean; readonly since: number } | undefined
  #isClosing = false

  constructor(options: WriterOptions) {
    this.#options = options
    this.#seed = seedOf(options.state.id)
    this.#last = options.last
  }

  /** `mayPass`: somebody reads it soon. */
  add(parts: readonly Part[], mayPass: boolean): void {
    this.#pending.add(parts, mayPass)
    this.#schedule()
  }

  /** A part that was not taken is settled. */
  settled(part: Part): void {
    this.#pending.settled(part)
  }

  /** The state is another: it is flushed before long. Where there was no room, there may be. */
  changed(withinMs = SETTLE_MS): void {
    if (this.#waitsForRoom) this.#pause.abort()
    this.#staleAt = Math.min(this.#staleAt, performance.now() + withinMs)
    this.#schedule()
  }

  /** Where the disk did not take what waits, it is tried again at once. */
  tryAgain(): void {
    this.#pause.abort()
  }

  /** Tries once more to write what waits, then writes no more. */
  async close(): Promise<void> {
    this.#isClosing = true
    this.#pause.abort()
    await this.#running
    this.#staleAt = 0
    this.#start()
    await this.#running
    clearTimeout(this.#timer)
  }

  /** Starts when something is due, or sees to it that it will. */
  #schedule(): void {
    if (this.#running || this.#isClosing) return
    const dueAt = Math.min(this.#pending.dueAt, this.#staleAt)
    if (isDue(dueAt)) return this.#start()
    if (dueAt >= this.#timerAt - SOON_MS) return
    clearTimeout(this.#timer)
    this.#timerAt = dueAt
    this.#timer = setTimeout(() => {
      this.#timerAt = Number.POSITIVE_INFINITY
      this.#schedule()
    }, dueAt - performance.now())
  }

  #start(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined
      this.#schedule()
    })
  }

  async #run(): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      // What else arrives in this turn of the loop comes along.
      await new Promise((resolve) => setImmediate(resolve))
      try {
        await this.#write()
        // Where nothing was tried, a full disk may be as full as before.
        if (this.#held?.isFull && !this.#options.log.isEmpty) throw FULL
        return this.#resume()
      } catch (error) {
        if (this.#isClosing) return
        const detail = isFull(error) ? 'the disk is full' : textOf(error)
        this.#options.held(detail, detail !== this.#held?.detail)
        this.#held = { detail, isFull: isFull(error), since: this.#held?.since ?? performance.now() }
        await this.#rest(attempt, isFull(error))
      }
    }
  }

  #resume(): void {
    if (this.#held) this.#options.resumed(performance.now() - this.#held.since)
    this.#held = undefined
  }

  /** Until the next try: after some time, or as soon as a full disk may have room. */
  async #rest(attempt: number, forRoom: boolean): Promise<void> {
    this.#pause = new AbortController()
    this.#waitsForRoom = forRoom
    await sleep(backoffDelay(attempt, RETRY) + RETRY.baseMs, this.#pause.signal)
    this.#waitsForRoom = false
    if (forRoom && !this.#isClosing) await sleep(LEAST_MS)
  }

  /** All that is due, one write after the other. */
  async #write(): Promise<void> {
    const { presence } = this.#options
    do {
      if (presence.problem !== undefined && !(await presence.look())) throw new Error(presence.problem)
      const parts = this.#pending.take(this.#most, this.#isClosing)
      if (parts.length > 0) await this.#keep(parts)
      if (isDue(this.#staleAt)) await this.#flush()
    } while (this.#isClosing ? !this.#pending.isEmpty : isDue(Math.min(this.#pending.dueAt, this.#staleAt)))
  }

  async #flush(): Promise<void> {
    const { state, log } = this.#options
    this.#staleAt = Number.POSITIVE_INFINITY
    try {
      await state.flush()
      await log.forget()
    } catch (error) {
      this.#staleAt = 0
      throw error
    }
  }

  async #keep(parts: readonly Part[]): Promise<void> {
    const { log, state, written } = this.#options
    const [first, last] = [parts[0]?.first ?? 0, parts.at(-1)?.last ?? 0]
    try {
      await log.write(this.#blocks(parts), first, last)
    } catch (error) {
      this.#pending.putBack(parts)
      if (isFull(error)) this.#most = Math.max(LEAST_BYTES, this.#most / 4)
      throw error
    }
    this.#most = Math.min(MOST_BYTES, this.#most * 2)
    this.#last = last
    this.#resume()
    for (const part of parts) {
      part.isWritten = true
      makeSafe(part)
      written(part)
    }
    state.save()
  }

  /** As they are written, in a buffer that is used again. What was not written in between ends a block. */
  #blocks(parts: readonly Part[]): Buffer {
    const groups: Part[][] = []
    let [messages, bytes, next] = [0, 0, 0]
    for (const part of parts) {
      const isFull = messages + part.messages.length > BATCH.messages || bytes + part.bytes > BATCH.bytes
      if (isFull || part.first !== next) {
        groups.push([])
        ;[messages, bytes] = [0, 0]
      }
      groups.at(-1)?.push(part)
      messages += part.messages.length
      bytes += part.bytes
      next = part.last + 1
    }
    const blocks = groups.map((group) =>
      group.length === 1 && group[0] ? group[0].messages : group.flatMap((part) => part.messages),
    )
    const needed = blocks.reduce((sum, block) => sum + blockBytes(block), 0)
    const { length } = this.#buffer
    if (needed > length || (length > LEAST_BUFFER_BYTES && needed < length / 64))
      this.#buffer = Buffer.allocUnsafeSlow(Math.max(needed, LEAST_BUFFER_BYTES))
    const how = { seed: this.#seed, correctionMs: this.#options.correctionMs() }
    const { flushed } = this.#options.state
    let [at, previous] = [0, this.#last]
    for (const [i, block] of blocks.entries()) {
      const first = groups[i]?.[0]?.first ?? 0
      at = writeBlock(block, { first, previous, flushed }, how, this.#buffer, at)
      previous = first + block.length - 1
    }
    return this.#buffer.subarray(0, at)
  }
}

const FULL = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })

function textOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 200) : 'unknown'
}
