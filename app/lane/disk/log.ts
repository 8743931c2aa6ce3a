/** The files of a lane on disk: segments that are written from the front to the end, and used again or removed once all in them is settled. */
import { type FileHandle, open, readdir, rename, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { Unusable } from '../../errors.ts'
import { errorCode } from '../../lib/error-code.ts'
import { STATE, type State } from './state.ts'

/** A lane has at most some sixty files, and each holds enough to be worth one, in bytes. */
const LEAST_SEGMENT_BYTES = 4 * 1024 * 1024
const MOST_SEGMENTS = 64
/** Of every lane from the start, in bytes, so that something fits though others fill the disk. */
export const LEAST_FILE_BYTES = 512 * 1024
const NAME = /^([0-9a-f]{16})-(\d{8,})\.segment$/

/** One file. */
export interface Segment {
  readonly sequence: number
  readonly name: string
  readonly file: FileHandle
  /** Bytes that it has on the disk, and those at its front that hold blocks. */
  size: number
  end: number
  /** Running numbers of its first and last message; 0 where it has none. */
  first: number
  last: number
  /** A write or a flush of it failed: what it is said to hold may never reach the disk. */
  isBroken: boolean
}

/** Files of the lane `id` in `folder`, in order, as they are. Their ends are those of the files until they are read. Throws `Unusable` for those of another lane. */
export async function openSegments(folder: string, id: string, flags: 'r' | 'r+'): Promise<Segment[]> {
  const segments: Segment[] = []
  for (const entry of await readdir(folder)) {
    const [name = '', of, digits] = NAME.exec(entry) ?? []
    if (!of) continue
    if (of !== id) throw new Unusable(`it is damaged: it has the file ${name} of a lane whose ${STATE} is gone`)
    const file = await open(join(folder, name), flags)
    const { size } = await file.stat()
    segments.push({ ...NEW, sequence: Number(digits), name, file, size, end: size })
  }
  return segments.sort((one, other) => one.sequence - other.sequence)
}

const NEW = { size: 0, end: 0, first: 0, last: 0, isBroken: false }

/** What a log works with. */
export interface LogOptions {
  readonly folder: string
  readonly state: State
  /** Those that are there. */
  readonly segments: readonly Segment[]
  readonly laneMaxBytes: number
  readonly sync: 'flush' | 'commit'
}

/** The only one who changes the files. One call at a time. */
export class Log {
  readonly #options: LogOptions
  readonly #segmentBytes: number
  #segments: Segment[]
  #spare: Segment | undefined
  #sequence: number
  #isMoving = false
  #wroteAt = { sequence: 0, at: 0 }

  constructor(options: LogOptions) {
    this.#options = options
    this.#segments = [...options.segments]
    this.#sequence = this.#segments.at(-1)?.sequence ?? 0
    this.#segmentBytes = Math.max(LEAST_SEGMENT_BYTES, Math.ceil(options.laneMaxBytes / MOST_SEGMENTS))
  }

  /** In order; the last is written to. */
  get segments(): readonly Segment[] {
    return this.#segments
  }

  /** Where the blocks of the last write begin. */
  get wroteAt(): { readonly sequence: number; readonly at: number } {
    return this.#wroteAt
  }

  /** Whether all that was written is settled. */
  get isEmpty(): boolean {
    return this.#segments.every((segment) => this.#isSettled(segment))
  }

  /** Names of the files that must be there; none while they change. */
  names(): readonly string[] {
    return this.#isMoving ? [] : this.#segments.map(({ name }) => name)
  }

  /** Takes the room of a lane that is new. Rejects with what the disk says. */
  async begin(): Promise<void> {
    const segment = await this.#add()
    await segment.file.write(Buffer.alloc(LEAST_FILE_BYTES), 0, LEAST_FILE_BYTES, 0)
    await segment.file.datasync()
    segment.size = LEAST_FILE_BYTES
  }

  /**
   * Writes blocks that hold the messages from `first` to `last`. Resolves when they are flushed, or with `commit` handed to the
   * operating system. Rejects with what the disk says; then nothing of it counts, though some of it may be there.
   */
  async write(blocks: Buffer, first: number, last: number): Promise<void> {
    const segment = await this.#place(blocks.length)
    try {
      for (let done = 0; done < blocks.length; ) {
        const { bytesWritten } = await segment.file.write(blocks, done, blocks.length - done, segment.end + done)
        done += bytesWritten
        segment.size = Math.max(segment.size, segment.end + done)
      }
      if (this.#options.sync === 'flush') await segment.file.datasync()
      if (this.#options.sync === 'flush') this.#options.state.flushed = last
    } catch (error) {
      segment.isBroken = !isFull(error)
      throw error
    }
    this.#wroteAt = { sequence: segment.sequence, at: segment.end }
    segment.end += blocks.length
    segment.first ||= first
    segment.last = last
  }

  /** Removes what holds nothing any more, but for one to be used again. Rejects with what the disk says. */
  async forget(): Promise<void> {
    const { state } = this.#options
    const gone = this.#segments.slice(0, -1).filter((segment) => this.#isSettled(segment) || this.#isGivenUp(segment))
    if (gone.length === 0) return
    for (const segment of gone)
      if (!this.#isSettled(segment)) state.giveUp({ from: this.#before(segment), to: segment.last + 1 })
    // What is gone must not be missed after a power cut.
    await state.flush()
    for (const segment of gone) {
      this.#segments = this.#segments.filter((one) => one !== segment)
      if (this.#spare || segment.isBroken || segment.size > this.#segmentBytes) await this.#remove(segment)
      else this.#spare = segment
    }
  }

  async close(): Promise<void> {
    for (const { file } of [...this.#segments, ...(this.#spare ? [this.#spare] : [])]) await file.close()
    this.#segments = []
  }

  /** Where `bytes` more go: at the end of the last one, while it has room. */
  async #place(bytes: number): Promise<Segment> {
    const last = this.#segments.at(-1)
    if (!last || last.isBroken) return this.#add()
    const end = last.end + bytes
    // One that holds nothing grows no more: it is used again from the front.
    const mayGrow = last.end === 0 || (end <= this.#segmentBytes && !this.#isSettled(last))
    return end <= last.size || mayGrow ? last : this.#add()
  }

  /** Begins the next one, in a file that is there already if one is of no use any more. */
  async #add(): Promise<Segment> {
    const { folder, state, sync } = this.#options
    const last = this.#segments.at(-1)
    const sequence = this.#sequence + 1
    const name = `${state.id}-${String(sequence).padStart(8, '0')}.segment`
    const used = last && !last.isBroken && this.#isSettled(last) ? last : this.#spare
    this.#isMoving = true
    try {
      if (used === last) await state.flush()
      if (used) await rename(join(folder, used.name), join(folder, name))
      const file = used?.file ?? (await open(join(folder, name), 'wx+', 0o640))
      this.#sequence = sequence
      const segment: Segment = { ...NEW, size: used?.size ?? 0, sequence, name, file }
      if (used === this.#spare) this.#spare = undefined
      this.#segments = [...this.#segments.filter((one) => one !== used), segment]
      // Nothing counts that a failing disk took before.
      if (last?.isBroken && last.last === 0) await this.#remove(last)
      if (sync === 'flush') await flushFolder(folder)
      return segment
    } finally {
      this.#isMoving = false
    }
  }

  #isSettled({ last }: Segment): boolean {
    return last < this.#options.state.settledTo
  }

  #isGivenUp({ first, last }: Segment): boolean {
    return this.#options.state.holes.some(({ from, to }) => from <= first && last < to)
  }

  /** The first number that can have been written after the segments before this one. */
  #before(segment: Segment): number {
    const lasts = this.#segments.slice(0, this.#segments.indexOf(segment)).map(({ last }) => last)
    return Math.max(this.#options.state.settledTo, ...lasts.map((last) => last + 1))
  }

  async #remove(segment: Segment): Promise<void> {
    this.#segments = this.#segments.filter((one) => one !== segment)
    await segment.file.close()
    await unlink(join(this.#options.folder, segment.name))
  }
}

async function flushFolder(folder: string): Promise<void> {
  const directory = await open(folder)
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

/** Whether `error` says that there is no room, on the disk or for this user. */
export function isFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes(errorCode(error))
}
