/** What a gap record says, field by field as in schemas/tributary.gaps.avsc. */
import type { Event } from '../events.ts'

/** The name of the internal feed; no configured feed can have it, because theirs hold no dot. Also the topic unless another is set. */
export const GAP_FEED = 'tributary.gaps'

/** A gap that is over. */
export type Gap = Extract<Event, { type: 'gap.ended' }>

/** One record as plain JSON. Times are milliseconds since the epoch. */
export interface GapRecord {
  readonly feed: string
  readonly source: string
  readonly reason: string
  readonly began_at: number
  readonly ended_at: number
  readonly last_message_at: number | null
  readonly close_code: number | null
  readonly dials: number
  readonly sequence_from: number | null
  readonly sequence_to: number | null
}

export function gapRecord({ source, reason, beganAt, endedAt, lastMessageAt, code, dials, sequence }: Gap): GapRecord {
  return {
    feed: source.feed,
    source: source.shown,
    reason,
    began_at: beganAt,
    ended_at: endedAt,
    last_message_at: lastMessageAt === 0 ? null : lastMessageAt,
    close_code: code ?? null,
    dials,
    sequence_from: sequence?.from ?? null,
    sequence_to: sequence?.to ?? null,
  }
}
