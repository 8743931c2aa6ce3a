/** The sums that are kept with a lane, so that they still balance after a restart. */
import { Unusable } from '../../errors.ts'
import type { Ledger } from '../../model.ts'
import type { KeptNumbers } from '../numbers.ts'
import type { Keys } from './environment.ts'

const VERSION = 1

type Counts = Readonly<Record<string, number>>

/** Of a lane that was never written to. */
const NOTHING = { next: 1, holes: [], received: 0, settled: 0, dropped: {} }

/**
 * What is written with every commit. Messages are counted by the lane: `received` when they are kept, `settled` and `dropped`
 * when they are forgotten, what passed when it is acknowledged. Documents are the ledger's own; those in flight are left out,
 * because they will be found again.
 */
export interface Kept extends Documents {
  readonly version: number
  /** Key of the next block: keys are never used twice. */
  readonly next: number
  /** Blocks that were given up behind some that are still there, ascending. */
  readonly holes: readonly Keys[]
  readonly received: number
  readonly settled: number
  readonly dropped: Counts
  /** Of the messages that were received and settled, those that were never kept; none where it is missing. */
  readonly passed?: number
  /** Missing where 0.1.0 wrote it. */
  readonly numbers?: KeptNumbers
}

interface Documents {
  readonly found: number
  readonly produced: number
  readonly ignored: number
  readonly deadLettered: Counts
  readonly refused: Counts
  readonly expired: Counts
}

/** Counts the lane's messages and adds the ledger's documents to them. */
export class Tally {
  readonly #ledger: Ledger
  #received = 0
  #settled = 0
  #passed = 0
  readonly #dropped = new Map<string, number>()

  /** Begins where `kept` ended, and sets the ledger to it. */
  constructor(ledger: Ledger, kept: Kept | undefined) {
    this.#ledger = ledger
    if (!kept) return
    this.#received = kept.received
    this.#settled = kept.settled
    this.#passed = kept.passed ?? 0
    for (const [reason, count] of Object.entries(kept.dropped)) this.#dropped.set(reason, count)
    restore(ledger, kept)
  }

  settle(messages: number): void {
    this.#settled += messages
  }

  drop(messages: number, reason: string): void {
    this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + messages)
  }

  receive(messages: number): void {
    this.#received += messages
  }

  /** Messages that were settled before they were kept. */
  pass(messages: number): void {
    this.receive(messages)
    this.settle(messages)
    this.#passed += messages
  }

  /** The text to write whenever messages have passed. */
  writePassed(): string {
    return JSON.stringify({ version: VERSION, passed: this.#passed, ...this.#documents() })
  }

  /** The bytes to write with a commit that keeps `arriving` more messages and leaves `next` as the next key, `holes` and `numbers`. */
  write(next: number, holes: readonly Keys[], arriving: number, numbers: KeptNumbers): Buffer {
    const kept: Kept = {
      version: VERSION,
      next,
      holes,
      received: this.#received + arriving,
      settled: this.#settled,
      dropped: Object.fromEntries(this.#dropped),
      passed: this.#passed,
      numbers,
      ...this.#documents(),
    }
    return Buffer.from(JSON.stringify(kept))
  }

  #documents(): Documents {
    const { found, inFlight, produced, ignored, deadLettered, refused, expired } = this.#ledger
    return {
      found: found - inFlight,
      produced,
      ignored,
      deadLettered: Object.fromEntries(deadLettered),
      refused: Object.fromEntries(refused),
      expired: Object.fromEntries(expired),
    }
  }
}

/** What `Tally.write` wrote. Throws `Unusable` for what it did not write. */
export function readTally(bytes: Buffer): Kept {
  try {
    const kept = JSON.parse(bytes.toString()) as Kept
    if (kept.version === VERSION) return kept
    throw new Unusable(`its sums have format ${kept.version}, which this version cannot read`)
  } catch (error) {
    if (error instanceof Unusable) throw error
    throw new Unusable('it is damaged: its sums cannot be read')
  }
}

/** `kept` with what has passed since, by the text of `Tally.writePassed`. */
export function withPassed(kept: Kept | undefined, text: string | undefined): Kept | undefined {
  const since = text === undefined ? undefined : (JSON.parse(text) as Pick<Kept, 'version' | 'passed'> & Documents)
  const messages = (since?.passed ?? 0) - (kept?.passed ?? 0)
  if (since?.version !== VERSION || messages <= 0) return kept
  const { received, settled, ...others } = kept ?? NOTHING
  return { ...others, ...since, received: received + messages, settled: settled + messages }
}

/** How many messages a lane must hold by its sums. */
export function heldBy({ received, settled, dropped }: Kept): number {
  return received - settled - Object.values(dropped).reduce((sum, count) => sum + count, 0)
}

/** The first key from `key` on that is in no hole. */
export function afterHole(key: number, holes: readonly Keys[]): number {
  return holes.reduce((at, { from, to }) => (at >= from && at < to ? to : at), key)
}

function restore(ledger: Ledger, kept: Kept): void {
  const { received, settled, found, produced, ignored } = kept
  Object.assign(ledger, { received, settled, found, produced, ignored })
  for (const name of ['dropped', 'deadLettered', 'refused', 'expired'] as const) {
    for (const [reason, count] of Object.entries(kept[name])) ledger[name].set(reason, count)
  }
}
