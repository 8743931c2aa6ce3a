/** Lanes as tests open them, over any entry of the registry, each in a directory of its own unless told. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Event } from '../../app/events.ts'
import { type LaneOptions, lanes } from '../../app/lane/index.ts'
import { createLedger } from '../../app/ledger.ts'
import type { Batch, Lane, Message, SourceInfo } from '../../app/model.ts'
import { loadKind } from '../../app/settings/kind.ts'
import { source } from './messages.ts'

export type LaneName = keyof typeof lanes

/** Opens lanes and closes them, and removes their directories. */
export interface Bench {
  readonly directory: string
  /** Opens a lane of feed `f` there. Its events go to `events`. */
  open(name: LaneName, over?: Partial<LaneOptions>): Promise<Lane>
  readonly events: Event[]
  end(): Promise<void>
}

/** A bench with a new directory. */
export async function laneBench(): Promise<Bench> {
  const directory = await mkdtemp(join(tmpdir(), 'lane-'))
  const opened: Lane[] = []
  const events: Event[] = []
  return {
    directory,
    events,
    async open(name, over = {}) {
      const options = laneOptions(directory, { emit: (event) => events.push(event), ...over })
      const open = await loadKind(lanes, name)
      const lane = await open({ laneDir: options.directory, laneSync: options.sync }, options)
      opened.push(lane)
      return lane
    },
    async end() {
      for (const lane of opened) await lane.close().catch(() => {})
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** Options for a lane of feed `f` in `directory`. Sources of one id are one object. */
export function laneOptions(directory: string, over: Partial<LaneOptions> = {}): LaneOptions {
  return {
    feed: 'f',
    laneMaxBytes: 16 * 1024 * 1024,
    maxInFlightBatches: 4,
    overload: 'block',
    directory,
    sync: 'flush',
    sourceOf: sourcesById(),
    ledger: createLedger(),
    emit: () => {},
    correctionMs: () => undefined,
    ...over,
  }
}

/** Finds the source of an id; `known` are found as they are. */
export function sourcesById(known: readonly SourceInfo[] = []): (id: string) => SourceInfo {
  const sources = new Map(known.map((one) => [one.id, one]))
  return (id) => {
    const found = sources.get(id) ?? source(id)
    sources.set(id, found)
    return found
  }
}

/** The running number of each message of a batch. */
export function numbersOf({ messages, numbers }: Batch): number[] {
  return messages.map((_, at) => {
    const run = numbers.findLast((one) => one.at <= at)
    if (!run) throw new Error(`message ${at} has no number`)
    return run.first + at - run.at
  })
}

/** Reads and acknowledges until `count` messages are there. */
export async function readAll(lane: Lane, count: number): Promise<Message[]> {
  const seen: Message[] = []
  const stop = new AbortController()
  for await (const batch of lane.read(stop.signal)) {
    seen.push(...batch.messages)
    lane.acknowledge(batch)
    if (seen.length >= count) stop.abort()
  }
  return seen
}

/** The next batch of a lane that holds one. */
export async function nextBatch(lane: Lane): Promise<Batch> {
  for await (const batch of lane.read(new AbortController().signal)) return batch
  throw new Error('the lane ended')
}
