/** Counts stored with a lane, which keep the ledger balanced over a restart. */
import { Unusable } from '../../errors.ts'
import type { Ledger } from '../../model.ts'
import type { KeptNumbers } from '../numbers.ts'
import type { Keys } from './environment.ts'

const COUNTS_VERSION = 1

type CountsByReason = Readonly<Record<string, number>>

/** Of a new lane. */
const NO_COUNTS = { next: 1, holes: [], received: 0, settled: 0, dropped: {} }

/**
 * Stored with every commit. The lane counts messages: `received` when stored, `settled` and `dropped` when deleted,
 * bypassed messages when acknowledged. Document counts come from the ledger without documents in flight, which are
 * found again after a restart.
 */
export interface Kept extends Documents {
  readonly version: number
  /** Key of the next block; keys are never reused. */
  readonly next: number
  /** Blocks dropped while earlier blocks remain, ascending. */
  readonly holes: readonly Keys[]
  readonly received: number
  readonly settled: number
  readonly dropped: CountsByReason
  /** Messages received and settled without a write; 0 if missing. */
  readonly passed?: number
  /** Missing if 0.1.0 wrote the counts. */
  readonly numbers?: KeptNumbers
}

interface Documents {
  readonly found: number
  readonly produced: number
  readonly ignored: number
  readonly deadLettered: CountsByReason
  readonly refused: CountsByReason
  readonly expired: CountsByReason
}

/** Counts the lane's messages and adds the ledger's documents. */
export class SavedCounts {
  readonly #ledger: Ledger
  #received = 0
  #settled = 0
  #passed = 0
  readonly #dropped = new Map<string, number>()

  /** Continues from `kept` and restores the ledger. */
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

  /** Counts messages settled before their write. */
  bypass(messages: number): void {
    this.receive(messages)
    this.settle(messages)
    this.#passed += messages
  }

  /** The text to write after messages bypassed the disk. */
  bypassText(): string {
    return JSON.stringify({ version: COUNTS_VERSION, passed: this.#passed, ...this.#documents() })
  }

  /**
   * The bytes to write with a commit. The commit stores `arriving` messages and leaves `next`, `holes` and `numbers`.
   */
  write(next: number, holes: readonly Keys[], arriving: number, numbers: KeptNumbers): Buffer {
    const kept: Kept = {
      version: COUNTS_VERSION,
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

/** Parses the bytes of `SavedCounts.write`. Throws `Unusable` if they cannot be read. */
export function readSavedCounts(bytes: Buffer): Kept {
  try {
    const kept = JSON.parse(bytes.toString()) as Kept
    if (kept.version === COUNTS_VERSION) return kept
    throw new Unusable(`its sums have format ${kept.version}, which this version cannot read`)
  } catch (error) {
    if (error instanceof Unusable) throw error
    throw new Unusable('it is damaged: its sums cannot be read')
  }
}

/** Adds the later bypass counts in `text` (from `SavedCounts.bypassText`) to `kept`. */
export function withBypassed(kept: Kept | undefined, text: string | undefined): Kept | undefined {
  const since = text === undefined ? undefined : (JSON.parse(text) as Pick<Kept, 'version' | 'passed'> & Documents)
  const messages = (since?.passed ?? 0) - (kept?.passed ?? 0)
  if (since?.version !== COUNTS_VERSION || messages <= 0) return kept
  const { received, settled, ...others } = kept ?? NO_COUNTS
  return { ...others, ...since, received: received + messages, settled: settled + messages }
}

/** Number of messages that a lane must hold according to its counts. */
export function heldBy({ received, settled, dropped }: Kept): number {
  return received - settled - Object.values(dropped).reduce((sum, count) => sum + count, 0)
}

/** The first key from `key` on outside all holes. */
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
