/** Reads the suite's own records by hand: five-byte header and Avro binary (1.12 §Binary encoding). Shares nothing with the daemon. */
import { type Stamped, shaOf } from '../document.ts'

/** A record that was read to its last byte. `isIntact`: its hash is that of its content. */
export interface Wired {
  readonly schemaId: number
  readonly document: Stamped
  readonly isIntact: boolean
}

const HEADER_BYTES = 5

/** Reads one value of schema `FaultEvent`. Throws when it is not one. */
export function readValue(value: Buffer | null): Wired {
  if (!value || value.length < HEADER_BYTES || value[0] !== 0) throw new Error('no five-byte header')
  const reader = readerOf(value, HEADER_BYTES)
  const source = reader.string()
  const seq = reader.long()
  const price = reader.double()
  const side = reader.long() === 0 ? null : reader.string()
  const document = { source, seq, price, side, canary: reader.string(), pad: reader.string(), sha: reader.string() }
  if (!reader.isAtEnd()) throw new Error('bytes are left after the record')
  return { schemaId: value.readUInt32BE(1), document, isIntact: shaOf(document) === document.sha }
}

function readerOf(bytes: Buffer, start: number) {
  let at = start
  const long = (): number => {
    let result = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]
      if (byte === undefined || shift > 63n) throw new Error('a number that does not end')
      result |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return Number((result >> 1n) ^ -(result & 1n))
    }
  }
  return {
    long,
    double(): number {
      const value = bytes.readDoubleLE(at)
      at += 8
      return value
    },
    string(): string {
      const length = long()
      if (length < 0 || at + length > bytes.length) throw new Error('a text that does not end')
      at += length
      return bytes.toString('utf8', at - length, at)
    },
    isAtEnd: () => at === bytes.length,
  }
}
