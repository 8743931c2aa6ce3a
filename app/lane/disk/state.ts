/** What a lane on disk knows beside its blocks: which messages are settled, the next running number, and the sums of the ledger. */
import { randomBytes } from 'node:crypto'
import { closeSync, constants, fdatasync, fstatSync, write as fsWrite, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { crc32 } from 'node:zlib'
import { Unusable } from '../../errors.ts'
import { errorCode } from '../../lib/error-code.ts'
import type { Ledger } from '../../model.ts'

/** Name of the file in the folder of a lane. */
export const STATE = 'state'
const VERSION = 2
/** Two pages are written in turn, so that one is whole whenever the power fails. Each: u32 CRC-32 of what follows · u32 its length · JSON. */
const PAGE_BYTES = 64 * 1024
const HEADER_BYTES = 8
/** So many running numbers may be given before the state is on the disk again: a restart begins after them. */
const NUMBERS_AHEAD = 2 ** 22

/** How long a change may wait for others, in milliseconds: a process that is killed then forgets it. */
const SAVE_MS = 5

const flush = promisify(fdatasync)
const write = promisify(fsWrite)

type Counts = Readonly<Record<string, number>>

/** Running numbers from `from` up to but without `to`. */
export interface Numbers {
  readonly from: number
  readonly to: number
}

/** What is in a page. Documents in flight are left out, because they will be found again. */
export interface Kept {
  readonly version: number
  /** Counts the pages: the higher one is newer. */
  readonly page: number
  /** Names the lane, 16 digits: in the names of its segments and, as a number, in their checksums. */
  readonly id: string
  /** All messages before this number are settled. */
  readonly settledTo: number
  /** Given up behind some that are not settled, ascending. */
  readonly holes: readonly Numbers[]
  /** The last number that was flushed, and the first that was never given. */
  readonly flushed: number
  readonly next: number
  readonly settled: number
  readonly dropped: Counts
  readonly found: number
  readonly produced: number
  readonly ignored: number
  readonly deadLettered: Counts
  readonly refused: Counts
  readonly expired: Counts
}

/** Of one open lane. `settle`, `drop` and `giveUp` change it, `save` hands it to the operating system, `flush` to the disk. */
export class State {
  readonly id: string
  readonly ledger: Ledger
  readonly #fd: number
  readonly #buffer = Buffer.alloc(PAGE_BYTES)
  #page: number
  #isChanged = false
  #saving = Promise.resolve()
  #timer: NodeJS.Timeout | undefined
  #problem: Error | undefined
  #settled: number
  readonly #dropped: Map<string, number>
  settledTo: number
  holes: readonly Numbers[]
  flushed: number
  next: number

  /** Begins where `kept` ended, and sets the ledger to it; `held` messages are in the lane. Throws what the file system says. */
  constructor(folder: string, kept: Kept, held: number, ledger: Ledger) {
    this.id = kept.id
    this.ledger = ledger
    this.#page = kept.page
    this.#settled = kept.settled
    this.#dropped = new Map(Object.entries(kept.dropped))
    this.settledTo = kept.settledTo
    this.holes = kept.holes
    this.flushed = kept.flushed
    this.next = kept.next
    this.#fd = openSync(join(folder, STATE), constants.O_RDWR | constants.O_CREAT, 0o640)
    restore(ledger, kept, held)
  }

  settle(messages: number): void {
    this.#settled += messages
  }

  drop(messages: number, reason: string): void {
    this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + messages)
  }

  /** These are given up, though some before them are still needed. */
  giveUp({ from, to }: Numbers): void {
    const meets = (hole: Numbers): boolean => hole.from <= to && from <= hole.to
    const [near, apart] = [this.holes.filter(meets), this.holes.filter((hole) => !meets(hole))]
    const hole = {
      from: Math.min(from, ...near.map((one) => one.from)),
      to: Math.max(to, ...near.map((one) => one.to)),
    }
    this.holes = [...apart, hole].sort((one, other) => one.from - other.from)
  }

  /** Survives the process as soon as the operating system has it, which is soon; where it does not take it, `flush` says so. */
  save(): void {
    this.#isChanged = true
    this.#timer ??= setTimeout(() => void this.#saved(), SAVE_MS).unref()
  }

  /** Survives a power cut. Rejects with what the disk says. */
  async flush(): Promise<void> {
    this.#isChanged = true
    await this.#saved()
    await flush(this.#fd)
    if (this.#problem) throw this.#problem
  }

  async close(): Promise<void> {
    await this.#saved()
    closeSync(this.#fd)
  }

  #saved(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#saving = this.#saving.then(() => this.#save())
    return this.#saving
  }

  async #save(): Promise<void> {
    while (this.#isChanged) {
      this.#isChanged = false
      this.holes = this.holes.filter(({ to }) => to > this.settledTo)
      const length = this.#buffer.write(JSON.stringify(this.#kept()), HEADER_BYTES)
      this.#buffer.writeUInt32BE(length, 4)
      this.#buffer.writeUInt32BE(crc32(this.#buffer.subarray(4, HEADER_BYTES + length)), 0)
      const at = (this.#page % 2) * PAGE_BYTES
      this.#problem = await write(this.#fd, this.#buffer, 0, HEADER_BYTES + length, at).then(
        () => undefined,
        (error: Error) => error,
      )
    }
  }

  #kept(): Kept {
    const { found, inFlight, produced, ignored, deadLettered, refused, expired } = this.ledger
    return {
      version: VERSION,
      page: ++this.#page,
      id: this.id,
      settledTo: this.settledTo,
      holes: this.holes,
      flushed: this.flushed,
      next: this.next + NUMBERS_AHEAD,
      settled: this.#settled,
      dropped: Object.fromEntries(this.#dropped),
      found: found - inFlight,
      produced,
      ignored,
      deadLettered: Object.fromEntries(deadLettered),
      refused: Object.fromEntries(refused),
      expired: Object.fromEntries(expired),
    }
  }
}

/** Of a lane that was never written to. */
export function newLane(): Kept {
  const documents = { found: 0, produced: 0, ignored: 0, deadLettered: {}, refused: {}, expired: {} }
  const id = randomBytes(8).toString('hex')
  return {
    version: VERSION,
    page: 0,
    id,
    settledTo: 1,
    holes: [],
    flushed: 0,
    next: 1,
    settled: 0,
    dropped: {},
    ...documents,
  }
}

/** What `save` wrote last; undefined when there is no such file. Throws `Unusable` for what `save` did not write. */
export function readKept(folder: string): Kept | undefined {
  let fd: number
  try {
    // Whatever else lies there is not waited for.
    fd = openSync(join(folder, STATE), constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  }
  try {
    if (!fstatSync(fd).isFile()) throw new Unusable(`${STATE} in it is no file`)
    const [one, other] = [0, 1].map((page) => readPage(fd, page * PAGE_BYTES))
    const kept = one && other ? (one.page > other.page ? one : other) : (one ?? other)
    if (!kept) throw new Unusable(`it is damaged: its ${STATE} cannot be read`)
    if (kept.version !== VERSION) throw new Unusable(`it has format ${kept.version}, which this version cannot read`)
    return kept
  } finally {
    closeSync(fd)
  }
}

/** Undefined when it is not whole. */
function readPage(fd: number, at: number): Kept | undefined {
  const page = Buffer.alloc(PAGE_BYTES)
  readSync(fd, page, 0, PAGE_BYTES, at)
  const end = HEADER_BYTES + page.readUInt32BE(4)
  const isWhole = end > HEADER_BYTES && end <= PAGE_BYTES && crc32(page.subarray(4, end)) === page.readUInt32BE(0)
  return isWhole ? (JSON.parse(page.toString('utf8', HEADER_BYTES, end)) as Kept) : undefined
}

/** Whether it is settled, or was given up. */
export function isGone(number: number, { settledTo, holes }: Pick<Kept, 'settledTo' | 'holes'>): boolean {
  return number < settledTo || holes.some(({ from, to }) => number >= from && number < to)
}

/** Whether all of them are. */
export function areGone({ from, to }: Numbers, kept: Pick<Kept, 'settledTo' | 'holes'>): boolean {
  let at = Math.max(from, kept.settledTo)
  for (const hole of kept.holes) if (at >= hole.from) at = Math.max(at, hole.to)
  return at >= to
}

function restore(ledger: Ledger, kept: Kept, held: number): void {
  const { settled, found, produced, ignored } = kept
  const dropped = Object.values(kept.dropped).reduce((sum, count) => sum + count, 0)
  Object.assign(ledger, { received: settled + dropped + held, settled, found, produced, ignored })
  for (const name of ['dropped', 'deadLettered', 'refused', 'expired'] as const) {
    for (const [reason, count] of Object.entries(kept[name])) ledger[name].set(reason, count)
  }
}
