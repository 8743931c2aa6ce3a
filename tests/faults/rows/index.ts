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
import { row as row54 } from './54-invalid-records.ts'
import { row as row55 } from './55-one-message.ts'
import { row as row56 } from './56-wrong-clock.ts'
import { row as row57 } from './57-lane-removed.ts'
import { row as row58 } from './58-throttled.ts'
import { row as row59 } from './59-stop-while-starting.ts'
import { row as row60 } from './60-healthy-closed.ts'
import { row as row61 } from './61-broker-away-on-disk.ts'
import { row as row62 } from './62-reload.ts'

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
  row54,
  row55,
  row56,
  row57,
  row58,
  row59,
  row60,
  row61,
  row62,
]
