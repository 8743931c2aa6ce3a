/** A topic that is used where it exists: looked up until it does. */
import { Unavailable, type UnavailableReason } from '../errors.ts'
import { backoffDelay } from '../lib/backoff.ts'
import { sleep } from '../lib/sleep.ts'
import type { Encoder, Outlet } from '../model.ts'

/** Between two looks at what is not there. */
const EVERY_MS = 60_000
/** Between two tries to reach Kafka or the registry. */
const UNREACHABLE = { baseMs: 500, capMs: 10_000 }

/** Answers that mean: it is not meant to be used here. Others mean that nobody could be asked. */
const ABSENT: ReadonlySet<UnavailableReason> = new Set(['no_topic', 'no_subject', 'bad_schema', 'authorization'])

/** What is looked for, and where. */
export interface Lookup {
  readonly topic: string
  readonly subject: string
  readonly outlet: Pick<Outlet, 'open'>
  readonly encoder: Pick<Encoder, 'prepare'>
  readonly everyMs?: number
}

/**
 * Resolves to true when topic and subject are both there, and to false when `signal` aborts before. `absent` is told why
 * each time they are not. The subject is asked for only where the topic exists; nothing is created.
 */
export async function found(lookup: Lookup, signal: AbortSignal, absent: (why: string) => void): Promise<boolean> {
  for (let unanswered = 0; !signal.aborted; unanswered++) {
    const obstacle = await look(lookup, signal)
    if (!obstacle || signal.aborted) break
    if (ABSENT.has(obstacle.reason)) {
      absent(obstacle.problem)
      unanswered = 0
      await sleep(lookup.everyMs ?? EVERY_MS, signal)
    } else await sleep(backoffDelay(unanswered, UNREACHABLE) + UNREACHABLE.baseMs, signal)
  }
  return !signal.aborted
}

async function look(
  { topic, subject, outlet, encoder }: Lookup,
  signal: AbortSignal,
): Promise<Unavailable | undefined> {
  try {
    await outlet.open(topic)
    await encoder.prepare(subject, signal)
    return undefined
  } catch (error) {
    if (error instanceof Unavailable) return error
    throw error
  }
}
