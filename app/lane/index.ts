/** The kinds of lane. A new one is one file and one line here. */
import type { Emit } from '../events.ts'
import type { Kind, Lane, LaneLimits, Ledger, SourceInfo } from '../model.ts'

/** What a lane is opened with. */
export interface LaneOptions extends LaneLimits {
  readonly feed: string
  readonly maxInFlightBatches: number
  /** Where lanes that outlive the process are kept, each in a folder of its feed's name. */
  readonly directory: string | undefined
  /** When a message counts as kept there: `flush`, on the disk; `commit`, handed to the operating system. */
  readonly sync: 'flush' | 'commit'
  /** Finds the source of an id, or makes one for a source that is no longer configured. */
  readonly sourceOf: (id: string) => SourceInfo
  /** Set to the sums that were kept with the lane. */
  readonly ledger: Ledger
  readonly emit: Emit
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
