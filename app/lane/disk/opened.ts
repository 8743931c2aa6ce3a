/** Opens the files of a lane on disk. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Unusable } from '../../errors.ts'
import type { LaneOptions } from '../index.ts'
import { sourceFinder } from '../sources.ts'
import type { SourceOf } from './block.ts'
import type { Lock } from './lock.ts'
import { isFull, Log, openSegments, type Segment } from './log.ts'
import { isOld, OLD_FILE, putMarkAway, setMark } from './mark.ts'
import { Presence } from './presence.ts'
import { type Scan, scan, type Take } from './scan.ts'
import { newLane, readKept, STATE, State } from './state.ts'

/** All of a lane, in one folder. */
export interface Opened {
  readonly folder: string
  readonly log: Log
  readonly state: State
  readonly presence: Presence
  /** What is in it. */
  readonly found: Scan
  /** Closes all of it, the lock last. */
  close(): Promise<void>
}

/** Opens the lane in `folder`, which `lock` is held for, and makes it where there is none. Throws `Unusable` when it is damaged, or of another format; what the disk says; the reason of `signal`. */
export async function openLane(folder: string, lock: Lock, options: LaneOptions): Promise<Opened> {
  const there = readKept(folder)
  const kept = there ?? newLane()
  const segments = await openSegments(folder, kept.id, 'r+')
  try {
    const found = whole(await scan(segments, kept, options.sourceOf, options))
    // What a process left that was killed may not be there yet.
    for (const { file } of segments) await file.datasync()
    const state = new State(
      folder,
      { ...kept, next: Math.max(kept.next, found.last + 1) },
      found.messages,
      options.ledger,
    )
    // Both pages have their room on the disk from now on.
    for (const _ of [0, 1]) await state.flush().catch(unlessFull)
    const log = new Log({ ...options, folder, state, segments })
    if (segments.length === 0) await log.begin()
    const presence = new Presence(join(folder, STATE), () => log.names(), lock.look)
    presence.begin()
    if (!existsSync(join(folder, OLD_FILE))) await setMark(folder)
    const close = async (): Promise<void> => {
      const { isEmpty } = log
      await log.close()
      await state.close()
      if (isEmpty) await putMarkAway(folder)
      await lock.release()
    }
    return { folder, log, state, presence, found, close }
  } catch (error) {
    await closeSegments(segments)
    throw error
  }
}

/** How a lane is read. */
export interface InspectOptions {
  readonly sourceOf?: SourceOf
  /** Is handed what can be read of it; then damage is only said. */
  readonly take?: Take
  readonly signal?: AbortSignal | undefined
}

/** Reads the lane in `folder` and leaves it as it is. Throws as `openLane` does. */
export async function inspect(folder: string, options: InspectOptions = {}): Promise<Scan> {
  const kept = readKept(folder)
  if (!kept && (await isOld(folder)))
    throw new Unusable('it is of version 0.1; a daemon with this feed converts it when it starts')
  const state = kept ?? newLane()
  const segments = await openSegments(folder, state.id, 'r')
  try {
    const found = await scan(segments, state, options.sourceOf ?? sourceFinder('', []), options)
    return options.take ? found : whole(found)
  } finally {
    await closeSegments(segments)
  }
}

function whole(found: Scan): Scan {
  if (found.damage !== undefined) throw new Unusable(found.damage)
  return found
}

/** A lane that was there before starts on a full disk, too: reading from it makes room. */
function unlessFull(error: unknown): void {
  if (!isFull(error)) throw error
}

async function closeSegments(segments: readonly Segment[]): Promise<void> {
  for (const { file } of segments) await file.close()
}
