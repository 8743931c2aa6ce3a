/** All rows, by number. One line each. */
import type { Row } from '../row.ts'
import { row as row01 } from './01-broker-crash.ts'
import { row as row02 } from './02-broker-frozen.ts'
import { row as row03 } from './03-broker-absent.ts'
import { row as row04 } from './04-broker-away.ts'
import { row as row05 } from './05-leader-failover.ts'
import { row as row06 } from './06-min-isr.ts'
import { row as row07 } from './07-topic-missing.ts'
import { row as row08 } from './08-topic-changed.ts'
import { row as row09 } from './09-record-too-large.ts'
import { row as row10 } from './10-acknowledgement-lost.ts'
import { row as row11 } from './11-hostile-path.ts'
import { row as row12 } from './12-concurrent-sends.ts'
import { row as row13 } from './13-not-permitted.ts'
import { row as row14 } from './14-broker-certificate.ts'
import { row as row15 } from './15-broker-disk-full.ts'
import { row as row16 } from './16-advertised-unreachable.ts'
import { row as row17 } from './17-registry-down.ts'
import { row as row25 } from './25-half-open.ts'
import { row as row34 } from './34-protocol-abuse.ts'
import { row as row40 } from './40-stop-under-load.ts'
import { row as row52 } from './52-mutants.ts'
import { row as row61 } from './61-broker-away-on-disk.ts'

export const rows: readonly Row[] = [
  row01,
  row02,
  row03,
  row04,
  row05,
  row06,
  row07,
  row08,
  row09,
  row10,
  row11,
  row12,
  row13,
  row14,
  row15,
  row16,
  row17,
  row25,
  row34,
  row40,
  row52,
  row61,
]
