/** Settings of lanes on disk, shared by their kinds and by the daemon, which keeps its state in the same directory. */
import { choice, text } from './formats/basic.ts'
import type { Settings } from './setting.ts'

export const laneDirectory = {
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
} satisfies Settings
