/** The kinds of lane. A new one is one file and one line here. */
import type { Emit } from '../events.ts'
import type { Kind, Lane, Ledger, SourceInfo } from '../model.ts'

/** What a full lane does with what arrives: lets it wait, or gives up the oldest that is not on its way yet, or what arrives. */
export type Overload = 'block' | 'drop-oldest' | 'drop-newest'

/** What a lane is opened with. */
export interface LaneOptions {
  readonly feed: string
  /** Bound of what it holds; a message counts its payload and a fixed overhead, so bytes bound the number too. */
  readonly laneMaxBytes: number
  readonly maxInFlightBatches: number
  readonly overload: Overload
  /** Where lanes that outlive the process are kept, each in a folder of its feed's name. */
  readonly directory: string | undefined
  /** When a message counts as kept there: `flush`, on the disk; `commit`, handed to the operating system. */
  readonly sync: 'flush' | 'commit'
  /** Finds the source of an id, or makes one for a source that is no longer configured. */
  readonly sourceOf: (id: string) => SourceInfo
  /** Set to the sums that were kept with the lane. */
  readonly ledger: Ledger
  readonly emit: Emit
  /** What receive times lack to the broker's clock, in milliseconds; undefined while that is not known. */
  readonly correctionMs?: (() => number | undefined) | undefined
  /** Ends the opening, which then rejects with its reason. */
  readonly signal?: AbortSignal | undefined
}

/** Opens a feed's lane. Throws `Unusable` when it cannot be used on this machine. */
export type OpenLane = (options: LaneOptions) => Promise<Lane>

/** A kind of lane; `maxBytes` is what one holds by default, `onDisk` says that it needs a directory. */
interface LaneKind extends Kind<OpenLane> {
  readonly maxBytes: number
  readonly onDisk?: boolean
}

export const lanes = {
  memory: {
    help: 'gone with the process',
    maxBytes: 64 * 1024 * 1024,
    load: async () => (await import('./memory.ts')).memoryLane,
  },
  disk: {
    help: 'in LANE_DIR, survives the process and grows while Kafka is away',
    maxBytes: 1024 * 1024 * 1024,
    onDisk: true,
    load: async () => (await import('./disk.ts')).diskLane,
  },
} satisfies Record<string, LaneKind>
