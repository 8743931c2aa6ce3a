/** The one back-off loop: dials a source for ever, one connection at a time. */
import { type LostReason, SourceLost, SourceRefused } from '../errors.ts'
import type { Emit } from '../events.ts'
import { sleep } from '../lib/sleep.ts'
import type { Ended, Message, Source } from '../model.ts'
import { hostOf } from './address.ts'
import { type Attempt, type DelayLimits, nextDelay } from './delay.ts'
import type { Gate } from './gate.ts'

/** Durations are milliseconds and default to `DEFAULTS`. */
export interface RedialOptions {
  readonly gate: Gate
  readonly emit: Emit
  /** Used by this source alone, because listeners are added and removed. */
  readonly signal: AbortSignal
  readonly backoffBaseMs?: number
  readonly backoffMaxMs?: number
  readonly slowMs?: number
  /** Returns advice for the operator about a failed dial. */
  readonly cure?: (error: SourceLost | SourceRefused) => string
  readonly stableMs?: number
}

const DEFAULTS = { backoffBaseMs: 1_000, backoffMaxMs: 60_000, slowMs: 300_000, stableMs: 60_000 }

/** How a connection ended, for the event and the next delay. */
interface DialOutcome extends Attempt {
  readonly reason: LostReason | 'ended'
  readonly code: number | undefined
  readonly detail: string
  readonly cure: string | undefined
}

/**
 * Yields the messages of `source` over all its connections. Ends when `signal` aborts, after yielding messages already received, or
 * when the source is refused. Each dial emits `source.dialled`, perhaps `source.opened`, and then `source.lost` or
 * `source.refused`. Other errors are bugs and are rethrown.
 */
export async function* redial(source: Source, options: RedialOptions): AsyncGenerator<readonly Message[], void, void> {
  const { gate, emit, signal } = options
  const limits = delayLimits(options)
  const host = hostOf(source.info)
  let failures = 0
  let dials = 0
  let openedAt: number | undefined
  const opened = (): void => {
    openedAt = performance.now()
    emit({ type: 'source.opened', source: source.info, afterDials: dials })
    dials = 0
  }
  while (true) {
    await gate.pass(host, signal)
    if (signal.aborted) return
    dials += 1
    openedAt = undefined
    emit({ type: 'source.dialled', source: source.info })
    let outcome: DialOutcome
    try {
      outcome = outcomeOfEnd(yield* source.receive(signal, opened), openedAt)
    } catch (error) {
      if (error instanceof SourceRefused) return emitRefused(source, error, emit)
      outcome = outcomeOfLoss(error, openedAt, options)
    }
    const next = nextDelay(failures, outcome, limits)
    failures = next.failures
    emitLost(source, outcome, signal.aborted ? undefined : next.delayMs, emit)
    await sleep(next.delayMs, signal)
  }
}

function delayLimits(options: RedialOptions): DelayLimits {
  const { backoffBaseMs, backoffMaxMs, slowMs, stableMs } = { ...DEFAULTS, ...options }
  return { baseMs: backoffBaseMs, capMs: backoffMaxMs, slowMs, stableMs }
}

function outcomeOfEnd(end: Ended, openedAt: number | undefined): DialOutcome {
  return { reason: 'ended', ...end, cure: undefined, openMs: openMs(openedAt), pace: 'normal', retryAfterMs: undefined }
}

function outcomeOfLoss(error: unknown, openedAt: number | undefined, { cure }: RedialOptions): DialOutcome {
  if (!(error instanceof SourceLost)) throw error
  const { reason, code, message, pace, retryAfterMs } = error
  const toDo = openedAt === undefined ? cure?.(error) : undefined
  return { reason, code, detail: message, cure: toDo, openMs: openMs(openedAt), pace, retryAfterMs }
}

function openMs(openedAt: number | undefined): number | undefined {
  return openedAt === undefined ? undefined : Math.round(performance.now() - openedAt)
}

function emitRefused(source: Source, { reason, message }: SourceRefused, emit: Emit): void {
  emit({ type: 'source.refused', source: source.info, reason, detail: message })
}

/** `redialInMs` is undefined if the daemon stops. */
function emitLost(source: Source, outcome: DialOutcome, redialInMs: number | undefined, emit: Emit): void {
  const { code, detail, cure, openMs } = outcome
  const reason = redialInMs === undefined ? 'stopped' : outcome.reason
  emit({ type: 'source.lost', source: source.info, reason, code, detail, cure, openMs, redialInMs })
}
