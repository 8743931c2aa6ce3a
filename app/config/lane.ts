/** Which lane, and where. */
import { settingName } from '../lib/setting-names.ts'
import type { Kinds } from './kinds.ts'
import type { Table } from './read-table.ts'
import type { Report } from './report.ts'
import type { laneSettings } from './tables/lane.ts'
import type { LaneConfig } from './types.ts'

/** The kind of lane with its directory, and how much one holds unless its feed says otherwise, in bytes. */
export function laneConfig(
  { values, names, given }: Table<ReturnType<typeof laneSettings>>,
  { lanes }: Pick<Kinds, 'lanes'>,
  report: Report,
): { lane: LaneConfig; laneMaxBytes: number } {
  const { LANE_DIR: directory, LANE_SYNC: sync = 'flush' } = values
  const kind = values.LANE ?? (directory === undefined ? 'memory' : 'disk')
  const { onDisk = false, maxBytes = 0 } = lanes[kind] ?? {}
  const called = (name: string): string => settingName(names, name)
  if (report.isClear('LANE', 'LANE_DIR')) {
    if (onDisk && directory === undefined) {
      report.wrong('LANE_DIR', `LANE_DIR is missing: ${called('LANE')} is ${kind}`, 'set it to the path of a directory')
    }
    if (!onDisk && directory !== undefined) {
      const name = called('LANE_DIR')
      const problem = `${name} has no effect: ${called('LANE')} is ${kind}, and what is kept there stays there`
      report.ineffective(name, problem, 'remove one of them')
    }
    if (!onDisk && given.has('LANE_SYNC')) {
      const name = called('LANE_SYNC')
      const problem = `${name} has no effect: it is for lanes on disk, and the lanes are in ${kind}`
      report.ineffective(name, problem, 'remove it, or set LANE_DIR')
    }
  }
  return { lane: { kind, directory: onDisk ? directory : undefined, sync }, laneMaxBytes: maxBytes }
}
