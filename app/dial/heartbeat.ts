/** Finds dead peers: a ping per interval, and any traffic within the next one counts as life. */
import { watch } from './watch.ts'

/** What a heartbeat sees and does. */
export interface Pulse {
  /** Bytes read from the socket so far: any change is life. */
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

/** Starts pinging every `intervalMs`; a peer is dead after one to two silent intervals. */
export function heartbeat(intervalMs: number, pulse: Pulse): Heartbeat {
  let heard = pulse.bytesRead()
  let pinged = false
  const stop = watch(intervalMs, (stalled) => {
    const bytes = pulse.bytesRead()
    const quiet = bytes === heard
    heard = bytes
    if (pulse.isPaused()) {
      pinged = false
    } else if (pinged && quiet && !stalled) {
      pulse.dead()
    } else {
      pinged = true
      pulse.ping()
    }
  })
  return {
    resumed: () => {
      pinged = false
    },
    stop,
  }
}
