/** The kinds of lane. A new kind needs one file and one entry here. */
import type { Emit } from '../events.ts'
import type { Lane, LaneLimits, Ledger, SourceInfo } from '../model.ts'
import type { Kind } from '../settings/kind.ts'
import { laneDirectory } from '../settings/lane-directory.ts'
import type { Settings } from '../settings/setting.ts'

/** Options for opening a lane. */
export interface LaneOptions extends LaneLimits {
  readonly feed: string
  readonly maxInFlightBatches: number
  /** Directory of persistent lanes, with a folder per feed. */
  readonly directory: string | undefined
  /** When a message counts as stored: `flush`, on the disk; `commit`, passed to the operating system. */
  readonly sync: 'flush' | 'commit'
  /** Finds the source of an id, or creates a source that is no longer configured. */
  readonly sourceOf: (id: string) => SourceInfo
  /** Restored from the counts stored with the lane. */
  readonly ledger: Ledger
  readonly emit: Emit
  /** Correction from receive times to the broker's clock, in milliseconds; undefined while unknown. */
  readonly correctionMs: () => number | undefined
  /** Aborts the opening, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/** Options of a lane besides the settings of its kind. */
export type LaneGround = Omit<LaneOptions, 'directory' | 'sync'>

/**
 * A kind of lane. `maxBytes`: default limit of a lane. `onDisk`: needs a directory. Opens a feed's lane, or throws
 * `Unusable`.
 */
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
