/** Messages between a socket and whoever pulls: bounded by pausing the socket, not by dropping. */
import type { Message, SourceInfo } from '../model.ts'
import { receiveTime } from './onread.ts'
import type { ReadBudget } from './read-budget.ts'

/** What a waiting message costs beside its payload: its objects. So empty messages count too. */
const MESSAGE_COST_BYTES = 256

/** A paused socket still delivers what it has read; decompressed, that can be a thousand times as much. Nothing honest comes near. */
const OVERRUN_BYTES = 16 * 1024 * 1024

/** The control of the socket. `burst`: so much came after the pause that the connection must go. */
export interface SocketControl {
  pause(): void
  resume(): void
  burst(): void
}

/** Holds what has arrived since the last `take`. One side pushes, one side pulls. */
export class ReceiveBuffer {
  readonly #source: SourceInfo
  readonly #watermarkBytes: number
  readonly #control: SocketControl
  readonly #readBudget: ReadBudget
  #messages: Message[] = []
  #taken: Message[] = []
  #bytes = 0
  /** Taken, and perhaps not kept yet. */
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

  /** The hot path: one Message and nothing else per message. */
  push(data: Buffer): void {
    if (this.#burst) return
    this.#messages.push({ source: this.#source, data, receivedAt: receiveTime() })
    const cost = data.length + MESSAGE_COST_BYTES
    this.#bytes += cost
    this.#readBudget.arrived(cost)
    if (this.#bytes >= this.#watermarkBytes) this.#brake()
    if (this.#wake) this.wake()
  }

  /** What has arrived, perhaps nothing; lets a paused socket go on. What was taken before is kept now, and its array empty. */
  take(): readonly Message[] {
    const taken = this.#messages
    if (this.#takenBytes > 0) this.#readBudget.gone(this.#takenBytes)
    this.#takenBytes = this.#bytes
    this.#bytes = 0
    // Whoever waits for the next ones still holds this array: it shall not hold what was read an hour ago.
    this.#taken.length = 0
    this.#messages = this.#taken
    this.#taken = taken
    if (this.#paused) {
      this.#paused = false
      this.#control.resume()
    }
    return taken
  }

  /** Nothing more is taken. */
  close(): void {
    this.#readBudget.gone(this.#bytes + this.#takenBytes)
    this.#bytes = 0
    this.#takenBytes = 0
  }

  /** Whether messages wait to be taken; the socket is paused only while some do. */
  get isHolding(): boolean {
    return this.#messages.length > 0
  }

  /** Resolves at the next push or `wake`; call it with nothing to take. */
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
