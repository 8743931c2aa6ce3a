/** Messages on their way through a lane on disk. */
import type { Message, SourceInfo } from '../../model.ts'
import type { Piece } from '../piece.ts'

/** What a message costs on the disk beyond its payload, in bytes: its header, and its share of the block. */
export const DISK_OVERHEAD_BYTES = 32

/** Messages that go one way, under consecutive running numbers. */
export interface Part {
  readonly first: number
  readonly last: number
  readonly messages: readonly Message[]
  /** Payload. */
  readonly bytes: number
  /** Per source, in bytes as the limit of the lane counts them. */
  readonly shares: readonly (readonly [source: SourceInfo, cost: number])[]
  /** It is being written, or was. */
  isTaken: boolean
  isWritten: boolean
  /** Kafka has it, or it was given up: it need not be written any more. */
  isSettled: boolean
  /** When it is to be written, on the monotonic clock in milliseconds. */
  dueAt: number
  /** Those that were appended before it in one go must be safe before it is read: what a killed process loses of a source is its end. */
  readonly after: Safety | undefined
  readonly safety: Safety
}

/** Of one part, or of several: a lane has it, or Kafka. */
export interface Safety {
  isSafe: boolean
  readonly told: () => void
}

/** Parts of what is appended in one go, with the running numbers from `next` on; `allSafe` is called once all of them are. */
export function partsOf(pieces: readonly Piece[], next: number, allSafe: () => void): Part[] {
  let left = pieces.length
  const told = (): void => {
    if (--left === 0) allSafe()
  }
  let first = next
  let after: Safety | undefined
  return pieces.map(({ source, messages, bytes, cost }) => {
    const safety = { isSafe: false, told }
    const part = { first, last: first + messages.length - 1, messages, bytes, shares: [[source, cost]] as const }
    const how = { after, safety, isTaken: false, isWritten: false, isSettled: false, dueAt: 0 }
    first += messages.length
    after = safety
    return { ...part, ...how }
  })
}

/** A part is written, or settled before. */
export function makeSafe({ safety }: Part): void {
  if (safety.isSafe) return
  safety.isSafe = true
  safety.told()
}

/** Whether it may be read. */
export function isReadable({ after }: Part): boolean {
  return after?.isSafe !== false
}

/** What each source has in `messages`. */
export function sharesOf(messages: readonly Message[]): Part['shares'] {
  const shares = new Map<SourceInfo, number>()
  for (const { source, data } of messages)
    shares.set(source, (shares.get(source) ?? 0) + data.length + DISK_OVERHEAD_BYTES)
  return [...shares]
}
