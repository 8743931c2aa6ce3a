/** All rows, by number. One line each. */
import type { Row } from '../row.ts'
import { row as row01 } from './01-broker-crash.ts'
import { row as row09 } from './09-record-too-large.ts'
import { row as row10 } from './10-acknowledgement-lost.ts'
import { row as row17 } from './17-registry-down.ts'
import { row as row25 } from './25-half-open.ts'
import { row as row34 } from './34-protocol-abuse.ts'
import { row as row39 } from './39-clock.ts'
import { row as row40 } from './40-stop-under-load.ts'
import { row as row41 } from './41-stop-without-kafka.ts'
import { row as row42 } from './42-killed.ts'
import { row as row43 } from './43-memory-limit.ts'
import { row as row44 } from './44-limits.ts'
import { row as row45 } from './45-lane-disk.ts'
import { row as row46 } from './46-stdout.ts'
import { row as row47 } from './47-metrics-abuse.ts'
import { row as row48 } from './48-stalled.ts'
import { row as row49 } from './49-configuration.ts'
import { row as row50 } from './50-dead-letters.ts'
import { row as row51 } from './51-soak.ts'
import { row as row52 } from './52-mutants.ts'

export const rows: readonly Row[] = [
  row01,
  row09,
  row10,
  row17,
  row25,
  row34,
  row39,
  row40,
  row41,
  row42,
  row43,
  row44,
  row45,
  row46,
  row47,
  row48,
  row49,
  row50,
  row51,
  row52,
]
