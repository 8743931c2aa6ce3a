/** Finds dead peers: a ping per interval, and any traffic within the next one counts as life. */
import { checkEvery } from './shared-timer.ts'

/** Looks per interval: a moment in which we ourselves did nothing costs one of them, not the connection. */
const LOOKS_PER_PING = 4

/** What a heartbeat sees and does. */
export interface Pulse {
  /** Bytes read from the socket so far: a change is life. */
  readonly bytesRead: () => number
  /** Whether we paused the socket ourselves: then nothing can be heard, and nobody is judged. */
  readonly isPaused: () => boolean
  readonly ping: () => void
  readonly dead: () => void
}

/** `resumed`: the socket was paused until now, so the peer gets a full new deadline. */
export interface Heartbeat {
  resumed(): void
  stop(): void
}

/** Starts pinging every `intervalMs`; a peer is dead when it stays quiet for that long after a ping. */
export function heartbeat(intervalMs: number, pulse: Pulse): Heartbeat {
  let heard = pulse.bytesRead()
  let look = 0
  /** Looks since the first ping that nothing came after; undefined when none is open. */
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
