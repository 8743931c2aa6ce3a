/** The kinds of lane. A new one is one file and one line here. */
import type { Emit } from '../events.ts'
import type { Lane, LaneLimits, Ledger, SourceInfo } from '../model.ts'
import type { Kind } from '../settings/kind.ts'
import { laneDirectory } from '../settings/lane-directory.ts'
import type { Settings } from '../settings/setting.ts'

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
  /** What receive times lack to the broker's clock, in milliseconds; undefined while that is not known. */
  readonly correctionMs: () => number | undefined
  /** Ends the opening, which then rejects with its reason. */
  readonly signal?: AbortSignal | undefined
}

/** What a lane is opened with besides the settings of its kind. */
export type LaneGround = Omit<LaneOptions, 'directory' | 'sync'>

/** A kind of lane; `maxBytes` is what one holds by default, `onDisk` says that it needs a directory. It opens a feed's lane, or throws `Unusable`. */
export interface LaneKind<S extends Settings = Settings> extends Kind<Promise<Lane>, S, LaneGround> {
  readonly maxBytes: number
  readonly onDisk?: boolean
}

const lane = <S extends Settings>(declared: LaneKind<S>): LaneKind<S> => declared

export const lanes = {
  memory: lane({
    help: 'gone with the process',
    maxBytes: 64 * 1024 * 1024,
    settings: {},
    load: async () => {
      const { memoryLane } = await import('./memory.ts')
      return (_, ground) => memoryLane(ground)
    },
  }),
  disk: lane({
    help: 'in LANE_DIR, survives the process and grows while Kafka is away',
    maxBytes: 1024 * 1024 * 1024,
    onDisk: true,
    settings: laneDirectory,
    load: async () => {
      const { diskLane } = await import('./disk.ts')
      return ({ laneDir, laneSync }, ground) => diskLane({ ...ground, directory: laneDir, sync: laneSync })
    },
  }),
}
