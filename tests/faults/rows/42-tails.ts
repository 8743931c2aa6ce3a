/** What a kill may cost: the end of each connection that was not flushed, and what was read and not forgotten. */
import type { Daemon } from '../../support/daemon.ts'
import type { FeedEvidence } from '../evidence.ts'

/** One kill. */
export interface Kill {
  /** Wall clock, milliseconds. */
  readonly at: number
  readonly frozen: boolean
  /** Killed before its sockets were waited for. */
  readonly early: boolean
  readonly afterMs: number
  /** Messages written to its sockets. */
  readonly perSecond: number
}

/** Batches of a feed on their way at once, and messages of one: as many may be delivered twice. */
const IN_FLIGHT = 8 * 2_000
/** Delivered, and not forgotten yet when the process was killed: forgetting goes with the next commit. */
const UNFORGOTTEN = 8 * 2_000
/** Between a kill and the close of its sockets, milliseconds. */
const CLOSE_MS = 5_000

/** Messages of the connections that `kill` ended which were written before it and are nowhere; `ageMs`: of the oldest of them. */
export function tailsOf(
  { at }: Kill,
  { simulator, tally }: FeedEvidence,
): { readonly messages: number; readonly ageMs: number } {
  let messages = 0
  let ageMs = 0
  for (const { source, firstSeq, writtenAt, openedAt, closedAt } of simulator.connections) {
    if (openedAt > at || closedAt === undefined || closedAt < at || closedAt > at + CLOSE_MS) continue
    let last = writtenAt.length - 1
    while (last >= 0 && tally.times(source, firstSeq + last) === 0) {
      const written = writtenAt[last--] ?? at
      if (written > at) continue
      messages++
      ageMs = Math.max(ageMs, at - written)
    }
  }
  return { messages, ageMs }
}

/** By what each daemon said that it took up, feed by feed. */
export function mostDuplicates(daemons: readonly Daemon[]): number {
  const takenUp = daemons.flatMap(({ log }) =>
    log.flatMap(({ msg }) => {
      const [, messages] = /takes up (\d+) messages that were kept/.exec(msg) ?? []
      return messages === undefined ? [] : [Number(messages)]
    }),
  )
  return takenUp.reduce((sum, messages) => sum + Math.min(messages, IN_FLIGHT + UNFORGOTTEN), 0)
}
