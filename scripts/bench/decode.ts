/** The bench's own reader of its records: no library of any contender. */
import type { Trade } from './trade.ts'

const MAGIC_BYTE = 0

/** Reads a value of five-byte header and Avro binary. Throws `RangeError` when it is too short, too long or no such value. */
export function decodeTrade(value: Buffer): { readonly schemaId: number; readonly trade: Trade } {
  let at = 0
  const long = (): number => {
    let zigzag = 0
    let scale = 1
    for (;;) {
      const byte = value.readUInt8(at++)
      zigzag += (byte & 0x7f) * scale
      if (byte < 0x80) break
      scale *= 128
    }
    return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2
  }
  const double = (): number => {
    at += 8
    return value.readDoubleLE(at - 8)
  }
  const text = (): string => {
    const length = long()
    at += length
    if (at > value.length) throw new RangeError('a text that is cut off')
    return value.toString('utf8', at - length, at)
  }
  if (value.readUInt8(at++) !== MAGIC_BYTE) throw new RangeError('no magic byte')
  const schemaId = value.readUInt32BE(at)
  at += 4
  // Written out, because the order is that of the schema.
  const p = double()
  const s = text()
  const t = long()
  const v = double()
  const [venue, source, seq] = [long(), long(), long()]
  if (at !== value.length) throw new RangeError(`${value.length - at} bytes too many`)
  return { schemaId, trade: { p, s, t, v, venue, source, seq } }
}
