/** Where messages wait for Kafka. */
import { choice } from '../../settings/formats/basic.ts'
import { settingsOf } from '../../settings/kind.ts'
import type { laneDirectory } from '../../settings/lane-directory.ts'
import type { Settings } from '../../settings/setting.ts'
import type { Kinds } from '../kinds.ts'
import { helpOf } from './choosers.ts'

/** The settings that all lanes of a daemon share; the size is each feed's own. Those of a lane on disk may be there. */
export function laneSettings({ lanes }: Pick<Kinds, 'lanes'>) {
  const house = {
    LANE: {
      group: 'Lanes',
      format: choice(Object.keys(lanes)),
      help: `Where messages wait for Kafka. ${helpOf(lanes)} Without it: disk where LANE_DIR is set, else memory.`,
      example: 'memory',
    },
  } satisfies Settings
  const ofKinds: Partial<typeof laneDirectory> = settingsOf<Kinds['lanes']>(lanes)
  return { ...house, ...ofKinds }
}
