/** Text and 64-bit integers as Avro writes them. */

/** What avsc hands to `_write`: a buffer and the position in it, which may run past its end. */
export interface Tap {
  buf: Buffer
  pos: number
  writeInt(value: number): void
  writeLong(value: number): void
  writeFloat(value: number): void
  writeDouble(value: number): void
  writeBoolean(value: boolean): void
  writeString(value: string): void
}

/** Up to so many characters a loop is faster than a call into the engine. */
const SHORT = 20
/** Most that the length of a string takes. */
const LENGTH_BYTES = 5

/** Whether the value is a string that UTF-8 can hold: for a lone surrogate avsc writes bytes that strict readers refuse. */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && value.isWellFormed()
}

/** Writes length and UTF-8; answers false, having written nothing that counts, when UTF-8 cannot hold the text. */
export function writeText(tap: Tap, text: string): boolean {
  if (text.length <= SHORT ? writeShortAscii(tap, text) : writeLongAscii(tap, text)) return true
  if (!text.isWellFormed()) return false
  tap.writeString(text)
  return true
}

/** Writes a 64-bit integer as a zigzag varint (Avro 1.12, "Binary encoding"); avsc's own does not go beyond 2^53. */
export function writeBigLong(tap: Tap, long: bigint): void {
  const zigzag = BigInt.asUintN(64, (long << 1n) ^ (long >> 63n))
  let low = Number(zigzag & 0xffffffffn)
  let high = Number(zigzag >> 32n)
  while (high > 0 || low > 0x7f) {
    tap.buf[tap.pos++] = (low & 0x7f) | 0x80
    low = ((low >>> 7) | (high << 25)) >>> 0
    high >>>= 7
  }
  tap.buf[tap.pos++] = low
}

function writeShortAscii(tap: Tap, text: string): boolean {
  const { buf, pos } = tap
  const length = text.length
  // Beyond the end nothing would be stored, but such a store slows down all later ones.
  if (pos + length >= buf.length) return false
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i)
    if (code > 0x7f) return false
    buf[pos + 1 + i] = code
  }
  buf[pos] = length << 1
  tap.pos = pos + 1 + length
  return true
}

/** Counting the bytes first would be a second look at all of it: mostly there are as many as characters. */
function writeLongAscii(tap: Tap, text: string): boolean {
  const { buf, pos } = tap
  const { length } = text
  if (pos + LENGTH_BYTES + length > buf.length) return false
  tap.writeLong(length)
  const start = tap.pos
  tap.pos = start + length
  if (buf.write(text, start) === length) return true
  tap.pos = pos
  return false
}
