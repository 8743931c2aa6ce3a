/** Where messages wait for Kafka. */
import { choice, text } from '../formats/basic.ts'
import type { Choices, Settings } from '../setting.ts'

/** The settings that all lanes share; the size is each feed's own. */
export const laneSettings = ({ lanes }: Choices) =>
  ({
    LANE: {
      group: 'Lanes',
      format: choice(Object.keys(lanes)),
      help: `Where messages wait for Kafka. ${Object.entries(lanes)
        .map(([name, { help }]) => `${name}: ${help}.`)
        .join(' ')} Without it: disk where LANE_DIR is set, else memory.`,
      example: 'memory',
    },
    LANE_DIR: {
      group: 'Lanes',
      format: text('the path of a directory'),
      help: 'Directory of the lanes on disk, one folder per feed, made where it is missing. A local file system; one daemon at a time.',
      example: '/var/lib/tributary',
    },
    LANE_SYNC: {
      group: 'Lanes',
      format: choice(['flush', 'commit']),
      help: 'When a message counts as kept in a lane on disk. flush: when the disk has it, so that it survives a power cut. commit: when the operating system has it, which is sooner and survives only the end of the process.',
      default: 'flush',
    },
  }) satisfies Settings
