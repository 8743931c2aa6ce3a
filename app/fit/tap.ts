/** Writes Avro's binary encoding (Avro 1.12, "Binary encoding") into a buffer. */

/** Up to this many characters, a loop is faster than a native call. */
const SHORT_TEXT = 20
/** Most bytes of a string's length. */
const TEXT_LENGTH_BYTES = 5
/** Below this limit, zigzag values are 32-bit integers. */
const SMALL = 2 ** 30
/** Below this limit, zigzag values are exact doubles. */
const LARGE = 2 ** 52
const LOW_BITS = 28
const LOW = 2 ** LOW_BITS

const double = new Float64Array(1)
const float = new Float32Array(1)
const doubleBytes = new Uint8Array(double.buffer)
const floatBytes = new Uint8Array(float.buffer)

/**
 * A write position. `position` may pass the end: nothing is stored there, and the caller learns how many bytes were
 * missing.
 */
export class Tap {
  buffer: Buffer = Buffer.alloc(0)
  position = 0
}

/** Whether UTF-8 can encode the text: no lone surrogates. */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && value.isWellFormed()
}

export function writeByte(tap: Tap, byte: number): void {
  tap.buffer[tap.position++] = byte
}

/** Writes a whole number within 64 bits as a zigzag varint. A `number` must be a safe integer. */
export function writeLong(tap: Tap, value: number | bigint): void {
  if (typeof value === 'number') {
    if (value >= -SMALL && value < SMALL) return writeSmall(tap, (value << 1) ^ (value >> 31))
    if (value > -LARGE && value < LARGE) {
      const zigzag = value < 0 ? -2 * value - 1 : 2 * value
      const high = Math.floor(zigzag / LOW)
      return writeSplitVarint(tap, zigzag - high * LOW, high)
    }
  }
  if (typeof value === 'bigint' && value > -LARGE && value < LARGE) return writeLong(tap, Number(value))
  const long = BigInt(value)
  const zigzag = BigInt.asUintN(64, (long << 1n) ^ (long >> 63n))
  writeSplitVarint(tap, Number(zigzag & BigInt(LOW - 1)), Number(zigzag >> BigInt(LOW_BITS)))
}

/** Writes IEEE 754 binary64, little-endian. */
export function writeDouble(tap: Tap, value: number): void {
  double[0] = value
  copy(tap, doubleBytes)
}

/** Writes IEEE 754 binary32, little-endian. */
export function writeFloat(tap: Tap, value: number): void {
  float[0] = value
  copy(tap, floatBytes)
}

export function writeFixed(tap: Tap, bytes: Uint8Array): void {
  if (tap.position + bytes.length <= tap.buffer.length) tap.buffer.set(bytes, tap.position)
  tap.position += bytes.length
}

export function writeLengthAndBytes(tap: Tap, bytes: Uint8Array): void {
  writeLong(tap, bytes.length)
  writeFixed(tap, bytes)
}

/** Writes length and UTF-8. Returns false if UTF-8 cannot encode the text; bytes written so far are then invalid. */
export function writeText(tap: Tap, text: string): boolean {
  if (text.length <= SHORT_TEXT ? writeShortAscii(tap, text) : writeLongAscii(tap, text)) return true
  if (!text.isWellFormed()) return false
  const length = Buffer.byteLength(text)
  writeLong(tap, length)
  if (tap.position + length <= tap.buffer.length) tap.buffer.write(text, tap.position)
  tap.position += length
  return true
}

function writeSmall(tap: Tap, zigzag: number): void {
  const { buffer } = tap
  let left = zigzag
  while (left > 0x7f) {
    buffer[tap.position++] = (left & 0x7f) | 0x80
    left >>>= 7
  }
  buffer[tap.position++] = left
}

/** `low`: the last 28 bits; `high`: up to 36 further bits. */
function writeSplitVarint(tap: Tap, low: number, high: number): void {
  const { buffer } = tap
  for (let shift = 0; shift < LOW_BITS; shift += 7) buffer[tap.position++] = ((low >>> shift) & 0x7f) | 0x80
  let left = high
  while (left > 0x7f) {
    // `&` uses the low 32 bits of a safe integer.
    buffer[tap.position++] = (left & 0x7f) | 0x80
    left = Math.floor(left / 128)
  }
  buffer[tap.position++] = left
}

function copy(tap: Tap, bytes: Uint8Array): void {
  const { buffer } = tap
  for (let at = 0; at < bytes.length; at++) buffer[tap.position++] = bytes[at] as number
}

function writeShortAscii(tap: Tap, text: string): boolean {
  const { buffer, position } = tap
  const { length } = text
  // A store beyond the end has no effect but slows down all later stores.
  if (position + length >= buffer.length) return false
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at)
    if (code > 0x7f) return false
    buffer[position + 1 + at] = code
  }
  buffer[position] = length << 1
  tap.position = position + 1 + length
  return true
}

/** Assumes ASCII and writes without counting bytes first, because most texts are ASCII. */
function writeLongAscii(tap: Tap, text: string): boolean {
  const { buffer, position } = tap
  const { length } = text
  if (position + TEXT_LENGTH_BYTES + length > buffer.length) return false
  writeLong(tap, length)
  const start = tap.position
  tap.position = start + length
  if (buffer.write(text, start) === length) return true
  tap.position = position
  return false
}
