/** Finds dead peers: sends a ping per interval and expects any traffic within the next interval. */
import { checkEvery } from './shared-timer.ts'

/** Checks per interval. A short stall of our own process costs one check, not the connection. */
const LOOKS_PER_PING = 4

/** The socket operations that a heartbeat uses. */
export interface Pulse {
  /** Bytes read from the socket so far; any change is a sign of life. */
  readonly bytesRead: () => number
  /** Whether our side paused the socket; the peer is then not judged. */
  readonly isPaused: () => boolean
  readonly ping: () => void
  readonly dead: () => void
}

/** Call `resumed` when a paused socket resumes: the peer gets a full new deadline. */
export interface Heartbeat {
  resumed(): void
  stop(): void
}

/** Pings every `intervalMs`. A peer is dead after `intervalMs` without traffic since a ping. */
export function heartbeat(intervalMs: number, pulse: Pulse): Heartbeat {
  let heard = pulse.bytesRead()
  let look = 0
  /** Checks since the first unanswered ping; undefined if no ping is outstanding. */
  let unanswered: number | undefined
  const stop = checkEvery(intervalMs / LOOKS_PER_PING, (stalled) => {
    const bytes = pulse.bytesRead()
    if (bytes !== heard || stalled || pulse.isPaused()) unanswered = undefined
    else if (unanswered !== undefined) unanswered += 1
    heard = bytes
    if (unanswered === LOOKS_PER_PING) return pulse.dead()
    look = (look + 1) % LOOKS_PER_PING
    if (look > 0 || pulse.isPaused()) return
    unanswered = 0
    pulse.ping()
  })
  return {
    resumed: () => {
      unanswered = undefined
    },
    stop,
  }
}
