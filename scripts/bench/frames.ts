/** WebSocket frames made before they are wanted: a block of them per source, of which only digits change. */
import { FIRST_SEQUENCE, QUOTES_ROUND, tradeText } from './trade.ts'

/** A final text frame of a server (RFC 6455 §5.2): two bytes, then up to 125 of payload. */
const TEXT = 0x81
const HEADER_BYTES = 2
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

/** A block of `capacity` frames. The buffer is the same at each `fill`: the last one must have left before the next. */
export function frameBlock(source: number, capacity: number): FrameBlock {
  const texts = Array.from({ length: QUOTES_ROUND }, (_, at) => tradeText(source, FIRST_SEQUENCE + at))
  const frames = texts.map((text) => Buffer.concat([Buffer.from([TEXT, text.length]), Buffer.from(text, 'latin1')]))
  const length = frames[0]?.length ?? 0
  const [first = 0, second = 0] = sequencePlaces(texts[0] ?? '').map((at) => at + HEADER_BYTES)
  const block = Buffer.alloc(capacity * length)
  let quote = -1
  return {
    capacity,
    fill(sequence, count) {
      if (quote !== sequence % QUOTES_ROUND) {
        quote = sequence % QUOTES_ROUND
        for (let at = 0; at < capacity; at++) frames[(quote + at) % QUOTES_ROUND]?.copy(block, at * length)
      }
      for (let at = 0; at < count; at++) {
        writeSequence(block, at * length + first, sequence + at)
        writeSequence(block, at * length + second, sequence + at)
      }
      return block.subarray(0, count * length)
    },
  }
}

/** Where the digits of FIRST_SEQUENCE stand: the end of `t` and the value of `seq`. */
function sequencePlaces(text: string): number[] {
  const digits = String(FIRST_SEQUENCE)
  return [text.indexOf(digits), text.lastIndexOf(digits)]
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
