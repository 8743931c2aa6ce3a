/** What is known of one source: its open gap, and how far its messages are kept. Times are milliseconds since the epoch, 0 = never. */
import type { SourceInfo } from '../model.ts'

/** A gap that has not ended. */
export interface OpenGap {
  readonly reason: string
  readonly beganAt: number
  /** Receive time of the last message before it; not later than its beginning. */
  readonly lastMessageAt: number
  /** Close code of the connection whose end began it. */
  readonly code: number | undefined
  dials: number
}

/** Changed in place: nothing is made per event. */
export interface Track {
  readonly source: SourceInfo
  /** It was open once, in this process or an earlier one: what was never open has missed nothing that can be measured. */
  wasOpen: boolean
  gap: OpenGap | undefined
  /** Receive time of the last message; earlier while the socket is behind, so that what was not read was sent after it. */
  lastMessageAt: number
  /** The same of the newest message that the lane has kept. */
  lastKeptAt: number
  /** What the upstream wrote before is read; 0: all is. */
  behindSince: number
  /** When it was first heard of, which is before any of its messages. */
  readonly since: number
  /** Messages were received and the lane has not kept them yet. */
  waiting: boolean
  /** When we closed its last connection, because we stop. */
  closedAt: number
}

/** One source as it is kept for the next start. */
export interface SavedSource {
  /** Whatever the upstream sent until then is kept, as far as it was received. */
  readonly keptUntil: number
  readonly lastMessageAt: number
  readonly gap: OpenGap | undefined
  /** It had not been open until then. */
  readonly unopened?: true
}

/** What the next start has to know if the process ended now. */
export function saved(track: Track, now: number): SavedSource {
  const { waiting, lastKeptAt, behindSince, since, closedAt, gap, wasOpen } = track
  return {
    keptUntil: waiting ? lastKeptAt || since : behindSince || closedAt || now,
    lastMessageAt: lastKeptAt,
    gap: gap && { ...gap },
    ...(!wasOpen && { unopened: true }),
  }
}

/** A source at the start of a process. `before` is what an earlier one left: its open gap goes on, or one begins where that process ended. */
export function track(
  source: SourceInfo,
  now: number,
  before?: SavedSource,
  reason: 'restart' | 'death' = 'restart',
): Track {
  const fresh: Track = {
    source,
    wasOpen: before !== undefined,
    gap: undefined,
    lastMessageAt: before?.lastMessageAt ?? 0,
    lastKeptAt: before?.lastMessageAt ?? 0,
    behindSince: 0,
    since: now,
    waiting: false,
    closedAt: 0,
  }
  if (before) fresh.gap = before.gap ? { ...before.gap } : openGap(fresh, Math.min(before.keptUntil, now), reason)
  return fresh
}

/** A gap of `track` that begins at `at`. A clock that went back does not put its last message behind its beginning. */
export function openGap(track: Track, at: number, reason: string, code?: number): OpenGap {
  return { reason, beganAt: at, lastMessageAt: Math.min(track.lastMessageAt, at), code, dials: 0 }
}
