/** Whether a socket is read as fast as its peer writes. */
import type { EventEmitter } from 'node:events'
import { steadyNow } from '../lib/clock.ts'
import { READ } from './onread.ts'

/**
 * Calls `behind` when the socket is not read empty, with the time at which it last was (milliseconds since the epoch), and
 * with 0 when it is again: whatever the peer wrote before that time has been read.
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

  /** The socket is not read from now on. */
  held(): void {
    this.#isHeld = true
    this.#tell(this.#emptyAt)
  }

  /** It is again: if nothing is there, that shows when the event loop has asked once. */
  released(): void {
    this.#isHeld = false
    const reads = this.#reads
    const look = (): void => {
      if (this.#reads === reads && !this.#isHeld) this.#read(false)
    }
    // The first may come before the loop has asked.
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
