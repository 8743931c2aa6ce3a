/** All rows, by number. One line each. */
import type { Row } from '../row.ts'
import { row as row01 } from './01-broker-crash.ts'
import { row as row09 } from './09-record-too-large.ts'
import { row as row10 } from './10-acknowledgement-lost.ts'
import { row as row17 } from './17-registry-down.ts'
import { row as row18 } from './18-registry-misbehaves.ts'
import { row as row19 } from './19-no-schema-flood.ts'
import { row as row20 } from './20-schema-evolution.ts'
import { row as row21 } from './21-schema-broken.ts'
import { row as row22 } from './22-strange-schemas.ts'
import { row as row23 } from './23-registry-secret.ts'
import { row as row24 } from './24-value-edges.ts'
import { row as row25 } from './25-half-open.ts'
import { row as row34 } from './34-protocol-abuse.ts'
import { row as row40 } from './40-stop-under-load.ts'
import { row as row52 } from './52-mutants.ts'

export const rows: readonly Row[] = [
  row01,
  row09,
  row10,
  row17,
  row18,
  row19,
  row20,
  row21,
  row22,
  row23,
  row24,
  row25,
  row34,
  row40,
  row52,
]
