/** Text as Avro writes it. */

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

/** Strings of up to this many ASCII characters have a length of one byte; writing them here is faster than by avsc. */
const SHORT = 63

/** Whether the value is a string that UTF-8 can hold: for a lone surrogate avsc writes bytes that strict readers refuse. */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && value.isWellFormed()
}

/** Writes length and UTF-8; answers false, having written nothing that counts, when UTF-8 cannot hold the text. */
export function writeText(tap: Tap, text: string): boolean {
  if (writeShortAscii(tap, text)) return true
  if (!text.isWellFormed()) return false
  tap.writeString(text)
  return true
}

function writeShortAscii(tap: Tap, text: string): boolean {
  const { buf, pos } = tap
  const length = text.length
  // Beyond the end nothing would be stored, but such a store slows down all later ones.
  if (length > SHORT || pos + length >= buf.length) return false
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i)
    if (code > 0x7f) return false
    buf[pos + 1 + i] = code
  }
  buf[pos] = length << 1
  tap.pos = pos + 1 + length
  return true
}
