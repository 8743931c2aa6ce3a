/** Named extras of a block or a message. Readers skip unknown names, therefore later versions may add extras. */
import { Unusable } from '../../errors.ts'

/** Layout of an extra: u8 length, name (ASCII), u16 length, value. */
export const EXTRA_BYTES = 3

/**
 * Writes an extra and returns its end. `write` gets the position of the value and returns the number of bytes written.
 */
export function writeExtra(target: Buffer, at: number, name: string, write: (from: number) => number): number {
  const nameBytes = target.write(name, at + 1, 'latin1')
  target[at] = nameBytes
  const from = at + EXTRA_BYTES + nameBytes
  const length = write(from)
  target.writeUInt16BE(length, from - 2)
  return from + length
}

/**
 * Calls `take` with name and position of each extra between `from` and `to`. Throws `Unusable` if an extra crosses
 * `to`.
 */
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
