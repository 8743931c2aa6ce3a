/** Memory for encoded records: big pieces, handed out in slices. */
import { Rejected } from '../errors.ts'
import type { AvroType } from './checked-types.ts'

const SLAB_BYTES = 128 * 1024
/** A record larger than this gets memory of its own, so that the rest of a slab is not thrown away for it. */
const LARGE_BYTES = SLAB_BYTES / 4
/** Defaults can make a small document huge; nothing of this size is for Kafka. */
const MAX_BYTES = 64 * 1024 * 1024
/** One zero byte and the schema id, big-endian. */
const HEADER_BYTES = 5

/** Encodes one record: header and Avro binary, in a slice of a slab that lives as long as any of its slices. */
export type Slab = (id: number, type: AvroType, document: unknown) => Buffer

/** A slab writer; throws what the type's `encode` throws, or `Rejected` (`too_large`), and has then used no memory. */
export function openSlab(): Slab {
  let slab = Buffer.allocUnsafeSlow(SLAB_BYTES)
  let next = 0
  return (id, type, document) => {
    const start = next
    let end = encodeAt(slab, start, id, type, document)
    if (end >= 0) {
      next = end
      return slab.subarray(start, end)
    }
    const size = slab.length - start - end
    if (size > MAX_BYTES) throw new Rejected('too_large', `larger than ${MAX_BYTES} bytes when encoded`)
    const fresh = Buffer.allocUnsafeSlow(size > LARGE_BYTES ? size : SLAB_BYTES)
    end = encodeAt(fresh, 0, id, type, document)
    if (size <= LARGE_BYTES) {
      slab = fresh
      next = end
    }
    return fresh.subarray(0, end)
  }
}

/** Answers the end, or minus the bytes that are missing. Where the header itself does not fit, the body does not either. */
function encodeAt(buffer: Buffer, start: number, id: number, type: AvroType, document: unknown): number {
  buffer[start] = 0
  buffer[start + 1] = id >>> 24
  buffer[start + 2] = id >>> 16
  buffer[start + 3] = id >>> 8
  buffer[start + 4] = id
  return type.encode(document, buffer, start + HEADER_BYTES)
}
