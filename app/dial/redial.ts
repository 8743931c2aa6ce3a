/** The one back-off loop: dials a source for ever, one connection at a time. */
import { type LostReason, SourceLost, SourceRefused } from '../errors.ts'
import type { Emit } from '../events.ts'
import { sleep } from '../lib/sleep.ts'
import type { Message, Source } from '../model.ts'
import { hostOf } from './address.ts'
import { type Attempt, nextDelay } from './delay.ts'
import type { Gate } from './gate.ts'

/** Durations are milliseconds; those left out have the defaults of `DEFAULTS`. */
export interface RedialOptions {
  readonly gate: Gate
  readonly emit: Emit
  readonly signal: AbortSignal
  readonly backoffBaseMs?: number
  readonly backoffMaxMs?: number
  readonly slowMs?: number
  readonly stableMs?: number
}

const DEFAULTS = { backoffBaseMs: 1_000, backoffMaxMs: 60_000, slowMs: 300_000, stableMs: 60_000 }

/** What is told of a connection that is over. */
interface Outcome extends Attempt {
  readonly reason: LostReason | 'ended'
  readonly code: number | undefined
  readonly detail: string
}

/**
 * The messages of `source`, over as many connections as it takes. Ends when `signal` aborts, after yielding what had
 * arrived, or when the source is refused. Each dial emits `source.dialled`, perhaps `source.opened`, and then
 * `source.lost` or `source.refused`. An error that is neither is our bug and is thrown on.
 */
export async function* redial(source: Source, options: RedialOptions): AsyncGenerator<readonly Message[], void, void> {
  // One listener per source on the shared signal; all that comes and goes hangs on our own.
  const own = new AbortController()
  const abort = (): void => own.abort()
  if (options.signal.aborted) abort()
  options.signal.addEventListener('abort', abort, { once: true })
  try {
    yield* dialForEver(source, options, own.signal)
  } finally {
    options.signal.removeEventListener('abort', abort)
  }
}

async function* dialForEver(
  source: Source,
  options: RedialOptions,
  signal: AbortSignal,
): AsyncGenerator<readonly Message[], void, void> {
  const settings = { ...DEFAULTS, ...options }
  const limits = { ...settings, baseMs: settings.backoffBaseMs, capMs: settings.backoffMaxMs }
  const host = hostOf(source.info)
  let failures = 0
  let dials = 0
  while (true) {
    await options.gate.pass(host, signal)
    if (signal.aborted) return
    dials += 1
    options.emit({ type: 'source.dialled', source: source.info })
    const outcome = yield* connection(source, signal, () => {
      options.emit({ type: 'source.opened', source: source.info, afterDials: dials })
      dials = 0
    })
    if (outcome instanceof SourceRefused) {
      options.emit({ type: 'source.refused', source: source.info, reason: outcome.reason, detail: outcome.message })
      return
    }
    const next = nextDelay(failures, outcome, limits)
    failures = next.failures
    emitLost(source, outcome, signal.aborted ? undefined : next.delayMs, options.emit)
    await sleep(next.delayMs, signal)
  }
}

/** One connection: its messages, and how it went. */
async function* connection(
  source: Source,
  signal: AbortSignal,
  opened: () => void,
): AsyncGenerator<readonly Message[], Outcome | SourceRefused, void> {
  let openedAt: number | undefined
  const openMs = (): number | undefined =>
    openedAt === undefined ? undefined : Math.round(performance.now() - openedAt)
  try {
    const ended = yield* source.receive(signal, () => {
      openedAt = performance.now()
      opened()
    })
    return { reason: 'ended', ...ended, openMs: openMs(), pace: 'normal', retryAfterMs: undefined }
  } catch (error) {
    if (error instanceof SourceRefused) return error
    if (!(error instanceof SourceLost)) throw error
    const { reason, code, message, pace, retryAfterMs } = error
    return { reason, code, detail: message, openMs: openMs(), pace, retryAfterMs }
  }
}

/** `redialInMs` undefined: there is no next dial, because we stop. */
function emitLost(source: Source, outcome: Outcome, redialInMs: number | undefined, emit: Emit): void {
  const { code, detail, openMs } = outcome
  const reason = redialInMs === undefined ? 'stopped' : outcome.reason
  emit({ type: 'source.lost', source: source.info, reason, code, detail, openMs, redialInMs })
}
