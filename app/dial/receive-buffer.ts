/** Buffers messages between a socket and its consumer. A full buffer pauses the socket; no message is dropped. */
import type { Message, SourceInfo } from '../model.ts'
import { receiveTime } from './onread.ts'
import type { ReadBudget } from './read-budget.ts'

/** Object overhead of a waiting message, added to its payload; empty messages count too. */
const MESSAGE_COST_BYTES = 256

/** A paused socket still delivers data already read. Decompression can multiply the size by a thousand; ordinary traffic stays far below this limit. */
const OVERRUN_BYTES = 16 * 1024 * 1024

/** Flow control of the socket. `burst`: too much arrived after the pause, so the connection must be closed. */
export interface SocketControl {
  pause(): void
  resume(): void
  burst(): void
}

/** Holds the messages since the last `take`: one producer, one consumer. */
export class ReceiveBuffer {
  readonly #source: SourceInfo
  readonly #watermarkBytes: number
  readonly #control: SocketControl
  readonly #readBudget: ReadBudget
  #messages: Message[] = []
  #taken: Message[] = []
  #bytes = 0
  /** Bytes taken by the consumer and possibly not stored yet. */
  #takenBytes = 0
  #paused = false
  #burst = false
  #wake: (() => void) | undefined

  constructor(source: SourceInfo, watermarkBytes: number, control: SocketControl, readBudget: ReadBudget) {
    this.#source = source
    this.#watermarkBytes = watermarkBytes
    this.#control = control
    this.#readBudget = readBudget
  }

  /** Hot path: allocates one `Message` per message and nothing else. */
  push(data: Buffer): void {
    if (this.#burst) return
    this.#messages.push({ source: this.#source, data, receivedAt: receiveTime() })
    const cost = data.length + MESSAGE_COST_BYTES
    this.#bytes += cost
    this.#readBudget.arrived(cost)
    if (this.#bytes >= this.#watermarkBytes) this.#brake()
    if (this.#wake) this.wake()
  }

  /** Returns the buffered messages, possibly none, and resumes a paused socket. The previous batch counts as stored; its array is emptied and reused. */
  take(): readonly Message[] {
    const taken = this.#messages
    if (this.#takenBytes > 0) this.#readBudget.gone(this.#takenBytes)
    this.#takenBytes = this.#bytes
    this.#bytes = 0
    // The waiting consumer still refers to the previous array; emptying frees messages of an idle source.
    this.#taken.length = 0
    this.#messages = this.#taken
    this.#taken = taken
    if (this.#paused) {
      this.#paused = false
      this.#control.resume()
    }
    return taken
  }

  /** Releases the bytes of all messages, taken or not. */
  close(): void {
    this.#readBudget.gone(this.#bytes + this.#takenBytes)
    this.#bytes = 0
    this.#takenBytes = 0
  }

  /** Whether messages wait to be taken. The socket is paused only while messages wait. */
  get isHolding(): boolean {
    return this.#messages.length > 0
  }

  /** Resolves at the next push or `wake`. Call only when the buffer is empty. */
  arrival(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  wake(): void {
    this.#wake?.()
    this.#wake = undefined
  }

  #brake(): void {
    if (!this.#paused) {
      this.#paused = true
      this.#control.pause()
    } else if (this.#bytes > this.#watermarkBytes + OVERRUN_BYTES) {
      this.#burst = true
      this.#control.burst()
    }
  }
}
