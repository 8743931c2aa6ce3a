/** Named extras of a block or a message on disk: whoever does not know a name passes over it, so a later version may add some. */
import { Unusable } from '../../errors.ts'

/** An extra: u8 length, name (ASCII), u16 length, value. */
export const EXTRA_BYTES = 3

/** Writes one, its value by `write`, which gets where to write it and returns how many bytes it wrote. Returns where it ends. */
export function writeExtra(target: Buffer, at: number, name: string, write: (from: number) => number): number {
  const nameBytes = target.write(name, at + 1, 'latin1')
  target[at] = nameBytes
  const from = at + EXTRA_BYTES + nameBytes
  const length = write(from)
  target.writeUInt16BE(length, from - 2)
  return from + length
}

/** Hands each from `from` up to `to` to `take`: its name, and where its value is. Throws `Unusable` where they do not end there. */
export function readExtras(
  bytes: Buffer,
  from: number,
  to: number,
  take: (name: string, from: number, to: number) => void,
): void {
  let at = from
  while (at < to) {
    const value = at + EXTRA_BYTES + (bytes[at] ?? 0)
    const end = value <= to ? value + bytes.readUInt16BE(value - 2) : value
    if (end > to) throw new Unusable('it is damaged: an extra of a block is cut off')
    take(bytes.toString('latin1', at + 1, value - 2), value, end)
    at = end
  }
}
