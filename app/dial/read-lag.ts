/** Detects sockets that are read more slowly than their peer writes. */
import type { EventEmitter } from 'node:events'
import { steadyNow } from '../lib/clock.ts'
import { READ } from './onread.ts'

/**
 * Calls `behind` with the time (milliseconds since the epoch) at which the socket was last read empty, when a read leaves data
 * behind; everything the peer wrote before then has been read. Calls `behind(0)` when the socket is empty again.
 */
export class ReadLag {
  readonly #behind: (since: number) => void
  #emptyAt = steadyNow()
  #told = 0
  #isHeld = false
  #reads = 0

  constructor(socket: Pick<EventEmitter, 'on'>, behind: (since: number) => void) {
    this.#behind = behind
    socket.on(READ, (isFull: boolean) => this.#read(isFull))
  }

  /** The socket is paused. */
  held(): void {
    this.#isHeld = true
    this.#tell(this.#emptyAt)
  }

  /** The socket is resumed. Without a read in the next event-loop turn, the socket is empty. */
  released(): void {
    this.#isHeld = false
    const reads = this.#reads
    const look = (): void => {
      if (this.#reads === reads && !this.#isHeld) this.#read(false)
    }
    // The first callback may run before the event loop has polled the socket.
    setImmediate(() => setImmediate(look))
  }

  #read(isFull: boolean): void {
    this.#reads++
    if (!isFull) this.#emptyAt = steadyNow()
    this.#tell(isFull || this.#isHeld ? this.#emptyAt : 0)
  }

  #tell(since: number): void {
    if (since !== this.#told) this.#behind(since)
    this.#told = since
  }
}
