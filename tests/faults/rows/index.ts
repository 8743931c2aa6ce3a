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
import { row as row26 } from './26-silent.ts'
import { row as row27 } from './27-close-codes.ts'
import { row as row28 } from './28-herd.ts'
import { row as row29 } from './29-handshakes.ts'
import { row as row30 } from './30-slowloris.ts'
import { row as row31 } from './31-names.ts'
import { row as row32 } from './32-upstream-tls.ts'
import { row as row33 } from './33-too-large.ts'
import { row as row34 } from './34-protocol-abuse.ts'
import { row as row35 } from './35-odd-messages.ts'
import { row as row36 } from './36-monsters.ts'
import { row as row37 } from './37-flood.ts'
import { row as row38 } from './38-noise.ts'
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
  row26,
  row27,
  row28,
  row29,
  row30,
  row31,
  row32,
  row33,
  row34,
  row35,
  row36,
  row37,
  row38,
  row40,
  row52,
]
