/** WebSocket frames made before they are wanted: a block of them per source, of which only digits change. */
import { FIRST_SEQUENCE, type Shape } from './shapes/shape.ts'

/** A final text frame of a server (RFC 6455 §5.2): two bytes of header, four when the length needs 16 bits. */
const TEXT = 0x81
const MOST_SHORT = 125
const LENGTH_16 = 126
const SEQUENCE_DIGITS = String(FIRST_SEQUENCE).length
const HALF_DIGITS = SEQUENCE_DIGITS / 2
const HALF = 10 ** HALF_DIGITS
/** Every number of four digits as text, so that a sequence is two copies. */
const DIGITS = Buffer.from(
  Array.from({ length: HALF }, (_, value) => String(value).padStart(HALF_DIGITS, '0')).join(''),
  'latin1',
)

/** One source's block. `fill` makes it hold the frames of `count` messages from `sequence` on and answers that part of it. */
export interface FrameBlock {
  readonly capacity: number
  fill(sequence: number, count: number): Buffer
}

/**
 * A block of as many frames as `mostBytes` hold (at least one) up to `mostFrames`. The buffer is the same at each `fill`:
 * the last one must have left before the next. Throws when the texts of the shape are not of one length below 64 kB.
 */
export function frameBlock(shape: Shape, source: number, mostFrames: number, mostBytes: number): FrameBlock {
  const texts = Array.from({ length: shape.round }, (_, at) => shape.text({ source, seq: FIRST_SEQUENCE + at }))
  const frames = texts.map(frame)
  const length = frames[0]?.length ?? 0
  if (frames.some((each) => each.length !== length)) throw new Error('texts of several lengths')
  const places = sequencePlaces(frames[0] ?? Buffer.alloc(0))
  const capacity = Math.max(1, Math.min(mostFrames, Math.floor(mostBytes / length)))
  const block = Buffer.alloc(capacity * length)
  let phase = -1
  return {
    capacity,
    fill(sequence, count) {
      if (phase !== sequence % shape.round) {
        phase = sequence % shape.round
        for (let at = 0; at < capacity; at++) frames[(phase + at) % shape.round]?.copy(block, at * length)
      }
      for (let at = 0; at < count; at++) {
        for (const place of places) writeSequence(block, at * length + place, sequence + at)
      }
      return block.subarray(0, count * length)
    },
  }
}

function frame(text: string): Buffer {
  const payload = Buffer.from(text, 'latin1')
  if (payload.length <= MOST_SHORT) return Buffer.concat([Buffer.from([TEXT, payload.length]), payload])
  const header = Buffer.from([TEXT, LENGTH_16, 0, 0])
  header.writeUInt16BE(payload.length, 2)
  return Buffer.concat([header, payload])
}

/** Where the digits of FIRST_SEQUENCE stand. */
function sequencePlaces(first: Buffer): number[] {
  const digits = String(FIRST_SEQUENCE)
  const places: number[] = []
  for (let at = first.indexOf(digits); at >= 0; at = first.indexOf(digits, at + SEQUENCE_DIGITS)) places.push(at)
  return places
}

function writeSequence(block: Buffer, at: number, sequence: number): void {
  const high = Math.floor(sequence / HALF)
  writeHalf(block, at, high)
  writeHalf(block, at + HALF_DIGITS, sequence - high * HALF)
}

function writeHalf(block: Buffer, at: number, half: number): void {
  const digits = half * HALF_DIGITS
  for (let digit = 0; digit < HALF_DIGITS; digit++) block[at + digit] = DIGITS[digits + digit] as number
}
