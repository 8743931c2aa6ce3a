/** Who may enter a bounded lane, and in which turn: first come first served, but no source over half while others wait. */
import type { SourceInfo } from '../model.ts'

interface Waiter {
  readonly source: SourceInfo
  readonly cost: number
  readonly receivedAt: number
  readonly enter: () => void
}

/** Counts bytes per source. One call of `enter` at a time per source keeps a source's order. */
export class Admission {
  #limit: number
  readonly #share = new Map<SourceInfo, number>()
  readonly #waiting: Waiter[] = []
  #bytes = 0

  constructor(limitBytes: number) {
    this.#limit = limitBytes
  }

  /** Bytes inside. */
  get bytes(): number {
    return this.#bytes
  }

  /** Receive time of the first message that waits outside, milliseconds since the epoch; 0 when none does. */
  get oldestWaiting(): number {
    return this.#waiting[0]?.receivedAt ?? 0
  }

  /** Enters at once when there is room and nobody waits; answers whether it did. */
  tryEnter(source: SourceInfo, cost: number): boolean {
    if (this.#waiting.length > 0 || !this.hasRoom(cost)) return false
    this.#count(source, cost)
    return true
  }

  /** Resolves when it is this source's turn and there is room. */
  enter(source: SourceInfo, cost: number, receivedAt: number): Promise<void> {
    return new Promise((enter) => {
      this.#waiting.push({ source, cost, receivedAt, enter })
      this.#admit()
    })
  }

  /** Counts what is inside already, over the limit or not: a lane that outlived its process. */
  restore(source: SourceInfo, cost: number): void {
    this.#count(source, cost)
  }

  /** The limit from now on; lets in whoever fits then. */
  resize(limitBytes: number): void {
    this.#limit = limitBytes
    this.#admit()
  }

  /** From now on there is room for everyone, those who wait first. */
  admitAll(): void {
    this.resize(Number.POSITIVE_INFINITY)
  }

  /** Bytes of sources are gone; lets in whoever fits now. */
  leave(gone: Iterable<readonly [source: SourceInfo, cost: number]>): void {
    for (const [source, cost] of gone) this.#count(source, -cost)
    if (this.#waiting.length > 0) this.#admit()
  }

  /** In order, as long as there is room; who may not enter keeps its place. */
  #admit(): void {
    const waiting = this.#waiting
    let looked = 0
    let kept = 0
    for (; looked < waiting.length; looked++) {
      const waiter = waiting[looked] as Waiter
      if (!this.hasRoom(waiter.cost)) break
      if (this.#isOverHalf(waiter)) waiting[kept++] = waiter
      else {
        this.#count(waiter.source, waiter.cost)
        waiter.enter()
      }
    }
    waiting.splice(kept, looked - kept)
  }

  /** Whether `cost` bytes more fit in; what is larger than the whole lane enters an empty one. */
  hasRoom(cost: number): boolean {
    return this.#bytes === 0 || this.#bytes + cost <= this.#limit
  }

  #isOverHalf({ source, cost }: Waiter): boolean {
    const held = this.#share.get(source) ?? 0
    if (held === 0 || held + cost <= this.#limit / 2) return false
    return this.#waiting.some((other) => other.source !== source)
  }

  #count(source: SourceInfo, cost: number): void {
    this.#bytes += cost
    const held = (this.#share.get(source) ?? 0) + cost
    if (held > 0) this.#share.set(source, held)
    else this.#share.delete(source)
  }
}
