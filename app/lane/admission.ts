/**
 * Admits messages to a bounded lane in order of arrival. While others wait, no source may hold more than half of the
 * lane.
 */
import type { SourceInfo } from '../model.ts'

interface Waiter {
  readonly source: SourceInfo
  readonly cost: number
  readonly receivedAt: number
  readonly enter: () => void
}

/**
 * Counts bytes per source. A caller must have at most one `enter` pending per source, which keeps the source's order.
 */
export class Admission {
  #limit: number
  readonly #share = new Map<SourceInfo, number>()
  readonly #waiting: Waiter[] = []
  #bytes = 0

  constructor(limitBytes: number) {
    this.#limit = limitBytes
  }

  /** Bytes held. */
  get bytes(): number {
    return this.#bytes
  }

  /** Receive time of the oldest waiting message, milliseconds since the epoch; 0 when none waits. */
  get oldestWaiting(): number {
    return this.#waiting[0]?.receivedAt ?? 0
  }

  /** Enters at once if there is room and nobody waits. Returns whether the source entered. */
  tryEnter(source: SourceInfo, cost: number): boolean {
    if (this.#waiting.length > 0 || !this.hasRoom(cost)) return false
    this.#count(source, cost)
    return true
  }

  /** Resolves when the source has its turn and there is room. */
  enter(source: SourceInfo, cost: number, receivedAt: number): Promise<void> {
    return new Promise((enter) => {
      this.#waiting.push({ source, cost, receivedAt, enter })
      this.#admit()
    })
  }

  /** Counts bytes of a restored lane, even beyond the limit. */
  restore(source: SourceInfo, cost: number): void {
    this.#count(source, cost)
  }

  /** Changes the limit and admits waiters that now fit. */
  resize(limitBytes: number): void {
    this.#limit = limitBytes
    this.#admit()
  }

  /** Removes the limit and admits all waiters in order. */
  admitAll(): void {
    this.resize(Number.POSITIVE_INFINITY)
  }

  /** Subtracts bytes of sources and admits waiters that now fit. */
  leave(gone: Iterable<readonly [source: SourceInfo, cost: number]>): void {
    for (const [source, cost] of gone) this.#count(source, -cost)
    if (this.#waiting.length > 0) this.#admit()
  }

  /** Admits waiters in order while there is room. A source over its half keeps its place. */
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

  /** Whether `cost` more bytes fit. An item larger than the lane enters an empty lane. */
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
