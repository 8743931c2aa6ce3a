/** All rows, by number. One line each. */
import type { Row } from '../row.ts'
import { row as row01 } from './01-broker-crash.ts'
import { row as row09 } from './09-record-too-large.ts'
import { row as row10 } from './10-acknowledgement-lost.ts'
import { row as row17 } from './17-registry-down.ts'
import { row as row25 } from './25-half-open.ts'
import { row as row34 } from './34-protocol-abuse.ts'
import { row as row40 } from './40-stop-under-load.ts'
import { row as row41 } from './41-stop-without-kafka.ts'
import { row as row42 } from './42-killed.ts'
import { row as row48 } from './48-stalled.ts'
import { row as row52 } from './52-mutants.ts'

export const rows: readonly Row[] = [row01, row09, row10, row17, row25, row34, row40, row41, row42, row48, row52]
