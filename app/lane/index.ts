/** The kinds of lane. A new one is one file and one line here. */
import type { Kind, Lane } from '../model.ts'

/** Bounds of a lane; a message counts its payload and a fixed overhead (`MESSAGE_OVERHEAD_BYTES`), so bytes bound the number too. */
export interface LaneLimits {
  readonly laneMaxBytes: number
  readonly maxInFlightBatches: number
}

/** Opens a feed's lane. */
export type OpenLane = (feed: string, limits: LaneLimits) => Lane

export const lanes = {
  memory: {
    help: 'in memory: gone with the process',
    load: async () => (await import('./memory.ts')).memoryLane,
  },
} satisfies Record<string, Kind<OpenLane>>
