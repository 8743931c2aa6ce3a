/** Which lane, and where. */
import type { Report } from './report.ts'
import type { Choices, Values } from './setting.ts'
import type { laneSettings } from './tables/lane.ts'
import type { LaneConfig } from './types.ts'

/** The kind of lane with its directory, and how much one holds unless its feed says otherwise, in bytes. */
export function laneConfig(
  values: Values<ReturnType<typeof laneSettings>>,
  { lanes }: Choices,
  report: Report,
): { lane: LaneConfig; laneMaxBytes: number } {
  const { LANE_DIR: directory, LANE_SYNC: sync } = values
  const kind = values.LANE ?? (directory === undefined ? 'memory' : 'disk')
  const { onDisk = false, maxBytes = 0 } = lanes[kind] ?? {}
  if (onDisk && directory === undefined) {
    report.problems.push(`LANE_DIR is missing: set it to the path of a directory, because LANE is ${kind}.`)
  }
  if (!onDisk && directory !== undefined) {
    report.warnings.push(`LANE_DIR has no effect: LANE is ${kind}, and what is kept there stays there.`)
  }
  return { lane: { kind, directory: onDisk ? directory : undefined, sync }, laneMaxBytes: maxBytes }
}
