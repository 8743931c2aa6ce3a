/** Memory for encoded records: large slabs, handed out in slices and reused. */
import { Rejected } from '../errors.ts'
import type { Plan } from '../fit/plan.ts'

const SLAB_BYTES = 128 * 1024
/** Larger records get a buffer of their own, so the rest of a slab is not wasted. */
const LARGE_RECORD_BYTES = SLAB_BYTES / 4
/** Defaults can make a small document huge; Kafka accepts no record of this size. */
const MOST_RECORD_BYTES = 64 * 1024 * 1024
/** One zero byte and the schema id, big-endian. */
const RECORD_HEADER_BYTES = 5
/** Most slabs that wait for the end of a hold, and most free slabs. */
const MAX_SLABS = 64
/** Slabs kept while no hold is open. */
const SLABS_AT_REST = 4

/** A slab with its number. `reusable` is false if a record was written without an open hold. */
interface Slab {
  readonly memory: Buffer
  readonly number: number
  reusable: boolean
}

/**
 * Writes records one after another. New buffers for every record would become external garbage in V8, and trigger a
 * full collection several times a second.
 */
export class RecordMemory {
  #piece: Slab = fresh(0)
  #next = 0
  /** Full slabs that an open hold may still refer to, oldest first. */
  readonly #waiting: Slab[] = []
  readonly #free: Buffer[] = []
  /** Open holds, oldest first; the first has the lowest number. */
  readonly #holds = new Set<{ readonly from: number }>()

  /**
   * Writes header and Avro binary of a record to a slice of a slab, and updates `written`. Throws the plan's errors or
   * `Rejected` (`too_large`); a failed write uses no memory.
   */
  write(id: number, plan: Plan, document: unknown): Buffer {
    const start = this.#next
    const { memory } = this.#piece
    if (this.#holds.size === 0) this.#piece.reusable = false
    const end = encodeAt(memory, start, id, plan, document)
    if (end < 0) return this.#writeElsewhere(memory.length - start - end, id, plan, document)
    this.#next = end
    return memory.subarray(start, end)
  }

  /**
   * Pins every buffer that later `write` calls return; call the returned function to unpin. Buffers written without an
   * open hold are never reused.
   */
  hold(): () => void {
    const hold = { from: this.#piece.number }
    this.#holds.add(hold)
    return () => {
      if (this.#holds.delete(hold)) this.#recycle()
    }
  }

  /** Whether any hold is open. */
  get isHeld(): boolean {
    return this.#holds.size > 0
  }

  #writeElsewhere(bytes: number, id: number, plan: Plan, document: unknown): Buffer {
    if (bytes > MOST_RECORD_BYTES)
      throw new Rejected('too_large', `larger than ${MOST_RECORD_BYTES} bytes when encoded`)
    if (bytes > LARGE_RECORD_BYTES) {
      const own = Buffer.allocUnsafeSlow(bytes)
      return own.subarray(0, encodeAt(own, 0, id, plan, document))
    }
    const piece = fresh(this.#piece.number + 1, this.#free.pop())
    const end = encodeAt(piece.memory, 0, id, plan, document)
    this.#waiting.push(this.#piece)
    if (this.#waiting.length > MAX_SLABS) this.#waiting.shift()
    piece.reusable = this.#holds.size > 0
    this.#piece = piece
    this.#next = end
    return piece.memory.subarray(0, end)
  }

  #recycle(): void {
    const [oldest] = this.#holds
    const until = oldest?.from ?? this.#piece.number
    for (let first = this.#waiting[0]; first && first.number < until; first = this.#waiting[0]) {
      this.#waiting.shift()
      if (first.reusable && this.#free.length < MAX_SLABS) this.#free.push(first.memory)
    }
    // At rest: what a flood needed is given back.
    if (!oldest && this.#free.length > SLABS_AT_REST) this.#free.length = SLABS_AT_REST
  }
}

function fresh(number: number, memory: Buffer = Buffer.allocUnsafeSlow(SLAB_BYTES)): Slab {
  return { memory, number, reusable: true }
}

/** Returns the end, or minus the number of missing bytes. If the header does not fit, neither does the body. */
function encodeAt(buffer: Buffer, start: number, id: number, plan: Plan, document: unknown): number {
  buffer[start] = 0
  buffer[start + 1] = id >>> 24
  buffer[start + 2] = id >>> 16
  buffer[start + 3] = id >>> 8
  buffer[start + 4] = id
  return plan.encode(document, buffer, start + RECORD_HEADER_BYTES)
}
