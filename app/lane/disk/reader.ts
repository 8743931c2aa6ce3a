/** Reads the blocks of a log one after the other, past whatever is none. */
import { crc32 } from 'node:zlib'
import { Unusable } from '../../errors.ts'
import { within } from '../../lib/deadline.ts'
import type { Message } from '../../model.ts'
import { HEADER_BYTES, MARK_BYTES, type ReadHeader, readBody, readHeader, type SourceOf } from './block.ts'
import type { Log, Segment } from './log.ts'
import { isGone, type Kept, type State } from './state.ts'

/** A disk that yields nothing for so long is not waited for, in milliseconds. */
const QUIET_MS = 30_000
const WINDOW_BYTES = 1024 * 1024

/** A block that was read. */
export interface Found {
  readonly header: ReadHeader
  readonly body: Buffer
  readonly segment: Segment
  /** Where it ends in its segment. */
  readonly end: number
  /** Number of its last message. */
  readonly last: number
}

/** Where blocks are: in a log, or in files that nobody writes to. */
export type Segments = Pick<Log, 'segments'>

/** One way through the segments, which may grow meanwhile. */
export class Reader {
  readonly #log: Segments
  readonly #seed: number
  #sequence: number
  #at: number
  #last: number

  /** From byte `at` of the segment `sequence` on, the messages after number `last`. */
  constructor(log: Segments, id: string, { sequence, at, last } = { sequence: 0, at: 0, last: 0 }) {
    this.#log = log
    this.#seed = seedOf(id)
    this.#sequence = sequence
    this.#at = at
    this.#last = last
  }

  /** The next block with messages that were not read; undefined when there is none yet. Rejects when the disk fails, or yields nothing. */
  async next(): Promise<Found | undefined> {
    for (;;) {
      const segment = this.#log.segments.find(({ sequence }) => sequence >= this.#sequence)
      if (!segment) return undefined
      if (segment.sequence > this.#sequence) this.#at = 0
      this.#sequence = segment.sequence
      const found = (await this.#blockAt(segment, this.#at)) ?? (await this.#search(segment, this.#at + 1))
      if (found) {
        this.#at = found.end
        if (found.last <= this.#last) continue
        this.#last = found.last
        return found
      }
      if (segment === this.#log.segments.at(-1)) return undefined
      this.#sequence++
      this.#at = 0
    }
  }

  async #blockAt(segment: Segment, at: number): Promise<Found | undefined> {
    if (at + HEADER_BYTES > segment.end) return undefined
    const header = readHeader(await read(segment, at, HEADER_BYTES), 0, this.#seed)
    const from = at + HEADER_BYTES
    if (!header || from + header.bodyBytes > segment.end) return undefined
    const body = await read(segment, from, header.bodyBytes)
    if (crc32(body, this.#seed) !== header.bodyCrc) return undefined
    return { header, body, segment, end: from + header.bodyBytes, last: header.first + header.messages - 1 }
  }

  /** The first whole block from `from` on. */
  async #search(segment: Segment, from: number): Promise<Found | undefined> {
    for (let start = from; start + HEADER_BYTES <= segment.end; start += WINDOW_BYTES) {
      const window = await read(segment, start, Math.min(WINDOW_BYTES + HEADER_BYTES, segment.end - start))
      for (let at = window.indexOf(MARK_BYTES); at !== -1; at = window.indexOf(MARK_BYTES, at + 1)) {
        const found = readHeader(window, at, this.#seed) && (await this.#blockAt(segment, start + at))
        if (found) return found
      }
    }
    return undefined
  }
}

/** Those of the messages of a block that are still to be delivered. Throws `Unusable` for a format it does not know. */
export function waitingIn(
  { header: { first }, body }: Found,
  state: Pick<State, 'settledTo' | 'holes'>,
  after: number,
  sourceOf: SourceOf,
  isEarlier: boolean,
): Message[] {
  const messages = readBody(body, sourceOf, isEarlier)
  if (first > after && first >= state.settledTo && state.holes.length === 0) return messages
  return messages.filter((_, i) => first + i > after && !isGone(first + i, state))
}

/** Begins all checksums of the lane `id`. */
export function seedOf(id: Kept['id']): number {
  return Number.parseInt(id.slice(0, 8), 16)
}

async function read({ file, name }: Segment, at: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(length)
  const reading = file.read(buffer, 0, length, at)
  const { bytesRead } = await within(
    reading,
    QUIET_MS,
    () => new Unusable(`nothing could be read of it for ${QUIET_MS / 1_000} s`),
  )
  if (bytesRead < length) throw new Unusable(`it is damaged: ${name} is cut off`)
  return buffer
}
